package gift.recognition;

import ai.djl.ndarray.NDArray;

/** Labelled images as a classifier in training sees them: by their features. Images are numbered from 0. */
public interface TrainingImages {
    int size();

    /** Their classes (B), int64. */
    NDArray labels(int[] images);

    /** Their features (B, D); recorded where an encoder is trained that makes them. */
    NDArray features(int[] images, int update);

    /** Their features (B, D) by the encoder as it was before the training. */
    default NDArray initialFeatures(int[] images, int update) {
        return features(images, update);
    }
}
