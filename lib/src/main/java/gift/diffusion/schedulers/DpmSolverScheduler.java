package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * DPM-Solver++ (2M), midpoint (Lu et al. 2022, "DPM-Solver++", algorithm 2). With alpha = sqrt(alpha_bar),
 * sigma = sqrt(1 - alpha_bar), lambda = ln(alpha / sigma) and x_0 the predicted clean latent ({@link Prediction}), from
 * timestep t to s, where h = lambda_s - lambda_t:
 * <pre>
 *   D   = x_0 + (x_0 - x_0') h / (2 h')                                          x_0', h': those of the step before
 *   x_s = sigma_s / sigma_t x_t - alpha_s (exp(-h) - 1) D
 * </pre>
 * First order, D = x_0, in the first step, and in the last where n &lt; 15, where {@code euler_at_final} says so or where
 * it arrives at no noise. By default the timesteps are round(linspace(0, T - 1, n + 1)) downwards without the 0, to which
 * the last step goes; with {@code final_sigmas_type} zero it goes to alpha 1, sigma 0 instead.
 */
final class DpmSolverScheduler implements Scheduler {
    private static final int FEW_STEPS = 15;

    /** A latent is alpha times the clean one plus sigma times noise. */
    private record Level(double alpha, double sigma) {
        static Level of(double alphaBar) {
            return new Level(Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar));
        }

        /** Of noise in units of the clean latent, sigma / alpha. */
        static Level ofRatio(double ratio) {
            double alpha = 1 / Math.sqrt(ratio * ratio + 1);
            return new Level(alpha, ratio * alpha);
        }

        double lambda() {
            return Math.log(alpha / sigma);
        }
    }

    private final NoiseSchedule noise;
    private final Prediction prediction;
    private final int[] timesteps;      // (kept)
    private final Level[] levels;       // (kept + 1), the last one that of the result
    private final boolean firstOrderLast;
    private final History predictions = new History(2); // of the clean latent

    DpmSolverScheduler(NoiseConfig config, RuleConfig rule, int steps, int kept) {
        noise = config.schedule().withoutZero();
        prediction = config.prediction();
        int[] all;
        Level[] ofAll;
        if (rule.karras()) {
            Sigmas sigmas = new Sigmas(noise);
            double[] levelsOfKarras = Sigmas.karras(sigmas.last(), sigmas.first(), steps);
            all = Arrays.stream(levelsOfKarras).mapToInt(sigma -> (int) Math.rint(sigmas.timestep(sigma))).toArray();
            ofAll = Arrays.stream(levelsOfKarras).mapToObj(sigma -> Level.ofRatio((float) sigma)).toArray(Level[]::new);
        } else {
            all = spaced(rule, steps);
            ofAll = Arrays.stream(all).mapToObj(t -> Level.of(noise.alphaBar(t))).toArray(Level[]::new);
        }
        int from = all.length - Math.min(kept, all.length);
        timesteps = Arrays.copyOfRange(all, from, all.length);
        levels = Arrays.copyOfRange(ofAll, from, all.length + 1);
        boolean atZero = rule.endsAtZero(RuleConfig.SIGMA_MIN);
        levels[timesteps.length] = atZero ? new Level(1, 0) : Level.of(noise.alphaBar(0));
        boolean few = all.length < FEW_STEPS && !Boolean.FALSE.equals(rule.lowerOrderFinal());
        firstOrderLast = few || atZero || Boolean.TRUE.equals(rule.eulerAtFinal());
    }

    /** Leading and linspace are those of n + 1 timesteps without the last, to which the last step goes. */
    private int[] spaced(RuleConfig rule, int steps) {
        TimestepSpacing spacing = rule.spacing(TimestepSpacing.LINSPACE);
        int n = spacing == TimestepSpacing.TRAILING ? steps : steps + 1;
        return Arrays.stream(spacing.rounded(noise.length(), n, rule.stepsOffset())).limit(steps).distinct().toArray();
    }

    @Override
    public int[] timesteps() {
        return timesteps.clone();
    }

    @Override
    public NoiseSchedule noiseSchedule() {
        return noise;
    }

    @Override
    public NDArray begin(NDArray clean, NDArray standardNormal) {
        return NativeOps.scale(clean, levels[0].alpha).add(NativeOps.scale(standardNormal, levels[0].sigma));
    }

    @Override
    public NDArray step(NDArray answer, int index, NDArray sample, Supplier<NDArray> unused) {
        Level t = levels[index];
        Level s = levels[index + 1];
        boolean last = index == timesteps.length - 1;
        predictions.add(prediction.clean(answer, sample, t.alpha, t.sigma));
        double h = s.lambda() - t.lambda();
        NDArray d = predictions.get(0);
        if (index > 0 && !(last && firstOrderLast)) {
            double before = t.lambda() - levels[index - 1].lambda();
            d = d.add(NativeOps.scale(d.sub(predictions.get(1)), h / (2 * before)));
        }
        return NativeOps.scale(sample, s.sigma / t.sigma).sub(NativeOps.scale(d, s.alpha * Math.expm1(-h)));
    }

    @Override
    public void close() {
        predictions.close();
    }
}
