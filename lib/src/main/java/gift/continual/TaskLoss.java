package gift.continual;

import ai.djl.ndarray.NDArray;

/** A loss on a batch of the task's own images: from what the student sees in them, a 0-dim array. */
@FunctionalInterface
public non-sealed interface TaskLoss extends LossTerm.Loss {
    NDArray of(Seen seen);

    /**
     * A batch of the task and the student's view of it, features of unit length.
     *
     * @param images (B, 3, R, R), normalized
     * @param labels (B) class numbers, int64
     * @param imageFeatures (B, D) of the images
     * @param textFeatures (C, D) of the class prompts
     * @param logits M (B, C) of equation 1: similarities of images and class prompts
     */
    record Seen(NDArray images, NDArray labels, NDArray imageFeatures, NDArray textFeatures, NDArray logits) {}
}
