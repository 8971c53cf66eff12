package gift.clip;

import ai.djl.ndarray.NDArray;

/** The image half of CLIP. */
public interface ImageTower {
    /** Normalized pictures (B, 3, R, R) to features (B, D), not yet of unit length. */
    NDArray forward(NDArray images);
}
