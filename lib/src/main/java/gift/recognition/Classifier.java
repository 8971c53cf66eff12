package gift.recognition;

import ai.djl.ndarray.NDArray;
import gift.tensor.Parameters;

/** Tells classes by an image's feature, and can be trained. */
public interface Classifier extends AutoCloseable {
    /** Its tensors; those that are trained record gradients. */
    Parameters parameters();

    /** Features (B, D), of any length, to logits (B, C). */
    NDArray logits(NDArray features);

    @Override
    void close();
}
