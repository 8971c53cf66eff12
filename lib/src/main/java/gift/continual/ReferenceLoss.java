package gift.continual;

import ai.djl.ndarray.NDArray;

/** A loss on reference pairs: from what the student and the teacher see in a batch of them, a 0-dim array. */
@FunctionalInterface
public non-sealed interface ReferenceLoss extends LossTerm.Loss {
    /** @param teacher null for a method without teacher; its arrays carry no graph */
    NDArray of(Features student, Features teacher);

    /**
     * What a model sees in a batch of reference images and texts, features of unit length.
     *
     * @param images (B, D)
     * @param texts (N, D); with {@link Method.Texts#PAIRED} texts N = B, and row i belongs to image i
     * @param scale exp(logit_scale), 0-dim
     * @param similarity M (B, N) of equation 1
     */
    record Features(NDArray images, NDArray texts, NDArray scale, NDArray similarity) {
        static Features of(NDArray images, NDArray texts, NDArray scale) {
            return new Features(images, texts, scale, Losses.similarity(images, texts, scale));
        }
    }
}
