package gift.eval;

import gift.tensor.RandomStream;
import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The mean of a number over seeds and an interval of 95 % for it.
 *
 * @param mean of all values; NaN if one of them is
 * @param low lower end; NaN where there is no interval, with fewer than two values
 * @param high upper end
 * @param count number of values
 */
public record Interval(double mean, double low, double high, int count) {
    /** How often the seeds are drawn anew. */
    static final int RESAMPLES = 10_000;

    private static final double TAIL = 0.025; // on either side

    /** How the interval is made. */
    public enum Kind {
        /**
         * Percentiles of the means of resampled seeds (Efron 1979). It never leaves the range of the values, and with two
         * or three seeds it is that range: too narrow. For three normally distributed values it holds the true mean
         * in 75 % of the cases, not 95 %.
         */
        BOOTSTRAP,
        /** Student's t: mean +- t(0.975, n - 1) s / sqrt(n). Honest with few seeds, if they are about normal, and wide. */
        T
    }

    /**
     * @param values one per seed, in any order
     */
    public static Interval of(Kind kind, double... values) {
        // sorted, so that the order of the seeds changes neither a sum nor a draw
        double[] sorted = Arrays.stream(values).sorted().toArray();
        double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
        if (sorted.length < 2 || Double.isNaN(mean)) {
            return new Interval(mean, Double.NaN, Double.NaN, sorted.length);
        }
        return kind == Kind.T ? student(sorted, mean) : bootstrap(sorted, mean);
    }

    private static Interval student(double[] values, double mean) {
        int n = values.length;
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double half = new TDistribution(n - 1).inverseCumulativeProbability(1 - TAIL) * Math.sqrt(squares / (n - 1) / n);
        return new Interval(mean, mean - half, mean + half, n);
    }

    private static Interval bootstrap(double[] values, double mean) {
        double[] means = new double[RESAMPLES];
        for (int b = 0; b < RESAMPLES; b++) {
            RandomStream draw = RandomStream.of(0, "bootstrap", b);
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[draw.nextInt(values.length)];
            }
            means[b] = sum / values.length;
        }
        Arrays.sort(means);
        return new Interval(mean, percentile(means, TAIL), percentile(means, 1 - TAIL), values.length);
    }

    /** The value at {@code share} of the way through sorted values, linear between neighbours. */
    static double percentile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        double rest = place - below;
        return rest == 0 ? sorted[below] : sorted[below] + rest * (sorted[below + 1] - sorted[below]);
    }

    /** Whether there are two ends. */
    public boolean exists() {
        return !Double.isNaN(low);
    }
}
