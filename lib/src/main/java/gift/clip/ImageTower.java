package gift.clip;

import ai.djl.ndarray.NDArray;
import gift.tensor.Chain;

/** The image half of CLIP. */
public interface ImageTower {
    /** Normalized pictures (B, 3, R, R) to features (B, D), not yet of unit length, block by block. */
    Chain chain(NDArray images);
}
