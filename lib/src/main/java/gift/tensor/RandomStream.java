package gift.tensor;

import java.util.random.RandomGenerator;

/**
 * Random numbers that depend only on what they are for, never on what was drawn before.
 *
 * <p>{@code RandomStream.of(seed, "crop", task, iteration, item)} gives the same numbers in every run, so a run that
 * was stopped and resumed equals one that was not. The generator is SplitMix64 (Steele, Lea and Flood 2014), started
 * at a hash of its name; bounded numbers and normal deviates are computed here, so that no JDK changes them.
 */
public final class RandomStream implements RandomGenerator {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    private RandomStream(long state) {
        this.state = state;
    }

    /**
     * The stream of a seed, a purpose and any number of counters (task, iteration, item, ...).
     */
    public static RandomStream of(long seed, String purpose, long... counters) {
        long hash = mix(seed + GOLDEN);
        for (int i = 0; i < purpose.length(); i++) {
            hash = mix(hash ^ purpose.charAt(i) + GOLDEN);
        }
        for (long counter : counters) {
            hash = mix(hash + GOLDEN ^ mix(counter + GOLDEN));
        }
        return new RandomStream(hash);
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    /** Uniform in 0 .. bound - 1; the bias of at most bound / 2^63 is without consequence here. */
    @Override
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not positive");
        }
        return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    @Override
    public float nextFloat() {
        return (nextLong() >>> 40) * 0x1.0p-24f;
    }

    /** Standard normal, by the method of Box and Muller. */
    @Override
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** {@code count} independent normal deviates of the given standard deviation. */
    public float[] normals(int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * nextGaussian());
        }
        return values;
    }

    /** The numbers 0 .. n - 1 in random order (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
