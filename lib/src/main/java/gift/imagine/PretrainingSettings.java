package gift.imagine;

import static gift.imagine.DistillationCurves.isShare;

import gift.io.InputException;
import gift.tensor.Curve;

/**
 * How an adapter is pretrained.
 *
 * @param seed of initial weights, batches, views, masks and drop path
 * @param epochs in all
 * @param epochLength updates of an epoch
 * @param batchSize groups of images of an update, two crops of each
 * @param baseRate the learning rate is base_rate batch_size / 1024 at the start, then follows half a cosine
 * @param finalRate to this
 * @param weightDecay of AdamW at the start; none on biases and normalizations
 * @param finalWeightDecay at the end, along half a cosine
 * @param momentum of the teacher, m in teacher &lt;- m teacher + (1 - m) student, at the start
 * @param finalMomentum at the end, along half a cosine
 * @param temperature of the teacher at the start
 * @param finalTemperature of the teacher after {@code temperatureEpochs}, along a line
 * @param temperatureEpochs see there
 * @param frozenEpochs in which the prototypes stay as they are
 * @param clipNorm largest norm of the gradients of each of mask token, adapter and heads
 * @param dropPath share of the branches that the student's adapter leaves out
 * @param centering what keeps the teacher's probabilities apart
 * @param imageWeight of the loss of images, times the published 2/3
 * @param patchWeight of the loss of masked patches; 0 masks nothing and leaves mask token and patch head untrained
 * @param maskedShare of the crops that are masked
 * @param leastMasked share of a masked crop's patches that are masked, at least
 * @param mostMasked at most
 */
public record PretrainingSettings(
        long seed,
        int epochs,
        int epochLength,
        int batchSize,
        double baseRate,
        double finalRate,
        double weightDecay,
        double finalWeightDecay,
        double momentum,
        double finalMomentum,
        double temperature,
        double finalTemperature,
        int temperatureEpochs,
        int frozenEpochs,
        double clipNorm,
        double dropPath,
        Centering centering,
        double imageWeight,
        double patchWeight,
        double maskedShare,
        double leastMasked,
        double mostMasked) {
    /** What keeps the teacher from giving all images to one prototype. */
    public enum Centering {
        /** {@link TeacherCenter}, the published choice. */
        CENTER,
        /** {@link SelfDistillation#sinkhorn}. */
        SINKHORN
    }

    /** The published settings: two GPUs with 100 groups of images each, 135,600 updates. */
    public static final PretrainingSettings PUBLISHED = new PretrainingSettings(0, 100, 1356, 200, 1e-4, 5e-6, 0.04, 0.4,
            0.996, 1, 0.04, 0.07, 30, 1, 3, 0.1, Centering.CENTER, 1, 1, 0.5, 0.1, 0.5);

    private static final double BATCH_OF_BASE_RATE = 1024;
    private static final String ABOUT = "pretraining of the adapter";

    public PretrainingSettings {
        require(epochs > 0 && epochLength > 0 && batchSize > 0, "epochs " + epochs + ", epoch_length " + epochLength
                + " and batch_size " + batchSize + " must be positive");
        require(baseRate > 0 && finalRate >= 0, "base_rate " + baseRate + " must be positive, final_rate " + finalRate
                + " not negative");
        DistillationCurves.require(ABOUT, "epochs", weightDecay, finalWeightDecay, momentum, finalMomentum, temperature,
                finalTemperature, temperatureEpochs, frozenEpochs, clipNorm);
        require(dropPath >= 0 && dropPath < 1, "drop_path " + dropPath + " must be in [0, 1)");
        require(imageWeight >= 0 && patchWeight >= 0 && imageWeight + patchWeight > 0, "image_weight " + imageWeight
                + " and patch_weight " + patchWeight + " must not be negative, nor both 0");
        require(isShare(maskedShare) && isShare(leastMasked) && isShare(mostMasked) && leastMasked <= mostMasked,
                "masked_share " + maskedShare + ", least_masked " + leastMasked + " and most_masked " + mostMasked
                + " must be in [0, 1], the second at most the third");
        centering = centering == null ? Centering.CENTER : centering;
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, ABOUT + ": " + message);
    }

    /** Updates in all. */
    public int updates() {
        return Math.multiplyExact(epochs, epochLength);
    }

    /**
     * What changes along the training. The last value of the rise of the temperature is that of the last update of the epochs in
     * which it rises.
     */
    public DistillationCurves curves() {
        Curve rate = new Curve.Cosine(baseRate * batchSize / BATCH_OF_BASE_RATE, finalRate, updates());
        return new DistillationCurves(updates(), rate, weightDecay, finalWeightDecay, momentum, finalMomentum, temperature,
                finalTemperature, Math.max(0, temperatureEpochs * epochLength - 1), frozenEpochs * epochLength, clipNorm);
    }
}
