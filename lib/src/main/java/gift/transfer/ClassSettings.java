package gift.transfer;

import gift.io.InputException;

/**
 * How a tower and a linear head on it learn classes from labelled images: AdamW on all weights, linear warm-up, then half a
 * cosine to zero.
 *
 * @param updates in all
 * @param batchSize images of an update
 * @param learningRate peak
 * @param warmup updates
 * @param weightDecay of AdamW; none on biases and normalizations
 * @param labelSmoothing share of the target that all classes get alike
 * @param leastArea share of an image's area in its random crop, at least; 1 for images as they are
 * @param mirror whether half of the images are mirrored, left and right exchanged
 * @param clipNorm largest norm of all gradients together
 */
public record ClassSettings(int updates, int batchSize, double learningRate, int warmup, double weightDecay,
        double labelSmoothing, double leastArea, boolean mirror, double clipNorm) {
    /** Settings of our own. */
    public static final ClassSettings DEFAULT = new ClassSettings(10_000, 256, 1e-3, 500, 0.05, 0.1, 0.5, true, 1);

    public ClassSettings {
        require(updates > 0 && batchSize > 0, "updates " + updates + " and batch_size " + batchSize + " must be at least 1");
        require(learningRate > 0 && learningRate < 1, "learning_rate " + learningRate + " must be between 0 and 1");
        require(warmup >= 0 && warmup < updates, "warmup " + warmup + " must be 0 or more, and below updates, " + updates);
        require(weightDecay >= 0 && weightDecay < 1, "weight_decay " + weightDecay + " must be 0 or more, and below 1");
        require(labelSmoothing >= 0 && labelSmoothing < 1, "label_smoothing " + labelSmoothing + " must be 0 or more, and below 1");
        require(leastArea > 0 && leastArea <= 1, "least_area " + leastArea + " must be above 0, and at most 1");
        require(clipNorm > 0, "clip_norm " + clipNorm + " must be above 0");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "transfer: " + message);
    }
}
