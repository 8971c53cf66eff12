package gift.imagine;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;

/** Pooling by higher-order moments, "HoM" (Yang et al. 2025, section 3.2). */
public final class Moments {
    /** How many times wider than a token the result is. */
    static final int PARTS = 4;

    private static final double EPSILON = 1e-5;

    private Moments() {}

    /**
     * Of all tokens of an image one vector: the class token, and of the patches, channel by channel, the mean, the standard
     * deviation and the cube root of the third central moment.
     *
     * <pre>
     * deviation = sqrt(m2 + 1e-5),     third = sign(m3) (|m3| + 1e-5)^(1/3),     mk = mean of (x - mean)^k
     * </pre>
     *
     * Both epsilons are those of the published code: a channel that does not vary has a deviation of 0.0032 and a third
     * moment of 0, and a tiny m3 of either sign already gives 0.0215.
     *
     * @param tokens (B, 1 + P, D), the class token first
     * @return (B, 4 D)
     */
    public static NDArray pool(NDArray tokens) {
        return NativeOps.tokenMoments(tokens, EPSILON);
    }
}
