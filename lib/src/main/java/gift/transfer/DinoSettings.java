package gift.transfer;

import gift.imagine.DistillationCurves;
import gift.imagine.HeadConfig;
import gift.io.InputException;
import gift.tensor.Curve;

/**
 * How a tower is pretrained without labels by DINO (Caron et al. 2021).
 *
 * @param updates in all
 * @param batchSize images of an update, each in two global and some local crops
 * @param learningRate peak, after a linear warm-up
 * @param finalRate to which it falls along half a cosine
 * @param warmup updates
 * @param weightDecay of AdamW at the start; none on biases and normalizations
 * @param finalWeightDecay at the end, along half a cosine
 * @param momentum of the teacher, m in teacher &lt;- m teacher + (1 - m) student, at the start
 * @param finalMomentum at the end, along half a cosine
 * @param temperature of the teacher at the start
 * @param finalTemperature of the teacher after {@code temperatureUpdates}, along a line
 * @param temperatureUpdates see there
 * @param frozenUpdates at the start, in which the prototypes stay as they are
 * @param clipNorm largest norm of the gradients of tower and head each (published: of each tensor)
 * @param localCrops of an image, which the student alone sees
 * @param leastLocalArea share of the area in a local crop, at least
 * @param mostLocalArea at most
 * @param head the size of the head
 */
public record DinoSettings(int updates, int batchSize, double learningRate, double finalRate, int warmup, double weightDecay,
        double finalWeightDecay, double momentum, double finalMomentum, double temperature, double finalTemperature,
        int temperatureUpdates, int frozenUpdates, double clipNorm, int localCrops, double leastLocalArea, double mostLocalArea,
        HeadConfig head) {
    /** As published for ImageNet in 100 epochs of 1,251 updates; local crops are full-sized here ({@link MultiCrop}). */
    public static final DinoSettings PUBLISHED = new DinoSettings(125_100, 1024, 2e-3, 1e-6, 12_510, 0.04, 0.4, 0.996, 1, 0.04,
            0.07, 37_530, 1251, 3, 8, 0.05, 0.4, new HeadConfig(65_536, 2048, 256));

    private static final String ABOUT = "dino";

    public DinoSettings {
        require(updates > 0 && batchSize > 0, "updates " + updates + " and batch_size " + batchSize + " must be at least 1");
        require(learningRate > 0 && learningRate < 1 && finalRate >= 0, "learning_rate " + learningRate
                + " must be between 0 and 1, final_rate " + finalRate + " not negative");
        require(warmup >= 0 && warmup < updates, "warmup " + warmup + " must be 0 or more, and below updates, " + updates);
        DistillationCurves.require(ABOUT, "updates", weightDecay, finalWeightDecay, momentum, finalMomentum, temperature,
                finalTemperature, temperatureUpdates, frozenUpdates, clipNorm);
        require(localCrops >= 0, "local_crops " + localCrops + " must not be negative");
        require(leastLocalArea > 0 && leastLocalArea <= mostLocalArea && mostLocalArea <= 1, "least_local_area " + leastLocalArea
                + " and most_local_area " + mostLocalArea + " must be above 0 and at most 1, the first at most the second");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, ABOUT + ": " + message);
    }

    /** What changes along the training. */
    DistillationCurves curves() {
        Curve rate = new Curve.WarmUp(warmup, new Curve.Cosine(learningRate, finalRate, updates - warmup));
        return new DistillationCurves(updates, rate, weightDecay, finalWeightDecay, momentum, finalMomentum, temperature,
                finalTemperature, temperatureUpdates, frozenUpdates, clipNorm);
    }
}
