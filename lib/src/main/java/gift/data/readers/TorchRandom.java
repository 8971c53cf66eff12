package gift.data.readers;

import java.util.Arrays;

/**
 * The random numbers of a PyTorch CPU generator, as far as random splits need them: the Mersenne Twister MT19937 of
 * Matsumoto and Nishimura (1998), seeded and used as PyTorch does.
 */
public final class TorchRandom {
    private static final int N = 624;
    private static final int M = 397;

    private final int[] state = new int[N];
    private int next = N;

    /** As {@code torch.Generator().manual_seed(seed)}; MT19937 takes the low 32 bits of the seed. */
    public TorchRandom(long seed) {
        state[0] = (int) seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
        }
    }

    /** The next number, uniform in 0 .. 2^32 - 1. */
    public long random() {
        if (next == N) {
            twist();
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= y << 7 & 0x9d2c5680;
        y ^= y << 15 & 0xefc60000;
        y ^= y >>> 18;
        return Integer.toUnsignedLong(y);
    }

    private void twist() {
        for (int i = 0; i < N; i++) {
            int y = state[i] & 0x80000000 | state[(i + 1) % N] & 0x7fffffff;
            state[i] = state[(i + M) % N] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }
        next = 0;
    }

    /**
     * {@code torch.randperm(n, generator=torch.Generator().manual_seed(seed))} on the CPU: for each i, an element
     * drawn from those not yet placed, number {@code i + random() % (n - i)}, is swapped into place i.
     *
     * @return a permutation of 0 .. n-1
     */
    public static int[] randperm(int n, long seed) {
        TorchRandom generator = new TorchRandom(seed);
        int[] r = new int[n];
        for (int i = 0; i < n; i++) {
            r[i] = i;
        }
        for (int i = 0; i < n - 1; i++) {
            int z = i + (int) (generator.random() % (n - i));
            int swapped = r[i];
            r[i] = r[z];
            r[z] = swapped;
        }
        return r;
    }

    /** Image numbers of the two parts of a random split. */
    public record Split(int[] train, int[] test) {}

    /**
     * {@code torch.utils.data.random_split(dataset, [k, n - k])} with k = floor(fraction * n): the first k numbers of
     * {@link #randperm} are for training, the others for testing.
     */
    public static Split randomSplit(int n, double fraction, long seed) {
        int[] permutation = randperm(n, seed);
        int k = (int) (fraction * n);
        return new Split(
                Arrays.copyOfRange(permutation, 0, k), Arrays.copyOfRange(permutation, k, n));
    }
}
