package gift.clip;

import ai.djl.ndarray.NDArray;
import gift.tensor.Chain;
import java.util.function.UnaryOperator;

/**
 * Images to features, or to one vector for each of their parts. The image half of a {@link Clip} is one, also on its own
 * ({@link ImageTower}); so can be what one puts on it.
 *
 * <p>Images are normalized, (B, 3, R, R). Each computation is a {@link Chain}: {@code forward()} runs it, training with less
 * memory takes it link by link.
 */
public interface ImageEncoder {
    /** R, pixels of a side of an image. */
    int resolution();

    /** D, width of a feature. */
    int dimension();

    /** Images to features (B, D), not yet of unit length. */
    Chain chain(NDArray images);

    /**
     * Images to all T = 1 + (R / patch)^2 tokens (B, T, W) as the last block gives them: the class token, then the patches
     * row by row.
     *
     * @throws UnsupportedOperationException for an encoder without a class token, as a ResNet
     */
    Chain tokenChain(NDArray images);

    /**
     * Images to all tokens as features, (B, T, D): normalized and projected as the class token is, whose row (B, 0) is that
     * of {@link #chain}.
     *
     * @throws UnsupportedOperationException as {@link #tokenChain}
     */
    default Chain projectedTokenChain(NDArray images) {
        return projectedTokenChain(images, UnaryOperator.identity());
    }

    /**
     * {@link #projectedTokenChain(NDArray)} of patches that are changed first, as masking does.
     *
     * @param patches from the embeddings of the patches (B, T - 1, W), as the convolution gives them, without class token and
     *     positions, to the same shape
     * @throws UnsupportedOperationException as {@link #tokenChain}
     */
    Chain projectedTokenChain(NDArray images, UnaryOperator<NDArray> patches);

    /** The result of {@link #chain}. */
    default NDArray encode(NDArray images) {
        return chain(images).forward();
    }
}
