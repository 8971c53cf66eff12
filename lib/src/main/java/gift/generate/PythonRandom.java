package gift.generate;

import java.math.BigInteger;
import org.apache.commons.math3.random.MersenneTwister;

/**
 * Python's {@code random} (CPython 3.2 and later), as far as {@code random.choice} needs it: the Mersenne Twister MT19937 of
 * Matsumoto and Nishimura (1998), initialized by the array of the seed's 32-bit words.
 */
final class PythonRandom {
    private final MersenneTwister twister;

    /** As {@code random.seed(seed)} of an int; the sign is dropped, as Python does. */
    PythonRandom(long seed) {
        BigInteger rest = BigInteger.valueOf(seed).abs();
        int[] words = new int[Math.max(1, (rest.bitLength() + Integer.SIZE - 1) / Integer.SIZE)]; // lowest first
        for (int i = 0; i < words.length; i++) {
            words[i] = rest.shiftRight(Integer.SIZE * i).intValue();
        }
        twister = new MersenneTwister(words);
    }

    /**
     * As {@code random.choice} draws: with k the number of bits of n, the upper k bits of a number of 32, drawn again until
     * they are below n.
     *
     * @param n at least 1
     * @return uniform in 0 .. n - 1
     */
    int below(int n) {
        int shift = Integer.numberOfLeadingZeros(n); // 32 - k
        int drawn = twister.nextInt() >>> shift;
        while (Integer.compareUnsigned(drawn, n) >= 0) {
            drawn = twister.nextInt() >>> shift;
        }
        return drawn;
    }
}
