package gift.recognition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Curve;
import gift.train.Epochs;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a classifier is tuned. The published sets of settings have names, {@link #NAMED}.
 *
 * @param epochs passes over the synthetic images, or over the real ones where there are no others
 * @param learningRate peak
 * @param weightDecay of AdamW, on the bias too
 * @param batchSize synthetic images of an update
 * @param realBatchSize real images of an update
 * @param scheduledBatchSize synthetic images of an update as the learning rate's schedule counts them; 0 for the true number
 * @param warmup updates
 * @param softShare sl: weight of the soft labels, 0 to 1
 * @param temperature T, of the soft labels
 * @param pseudoLabels whether the teacher's most likely class takes the place of its soft labels
 * @param labelSmoothing of the hard labels
 * @param syntheticWeight w_s
 * @param realWeight w_r
 * @param clipNorm largest norm of the gradients
 */
public record TuningSettings(int epochs, double learningRate, double weightDecay, int batchSize, int realBatchSize,
        int scheduledBatchSize, int warmup, double softShare, double temperature, boolean pseudoLabels,
        double labelSmoothing, double syntheticWeight, double realWeight, double clipNorm) {

    /** The published README, without real images. */
    public static final TuningSettings ZERO_SHOT =
            new TuningSettings(30, 2e-3, 0.1, 512, 32, 0, 0, 0.5, 2, false, 0, 1, 1, 1);
    /** The published README, with a few real images. */
    public static final TuningSettings FEW_SHOT =
            new TuningSettings(30, 1e-3, 0.1, 512, 32, 0, 0, 0.5, 2, false, 0, 1, 1, 1);
    /**
     * What the published code makes of the README's few-shot settings with a frozen encoder: batches of 128 of either kind,
     * under a schedule that counts batches of 512 and therefore saws.
     */
    public static final TuningSettings FEW_SHOT_AS_PUBLISHED =
            new TuningSettings(30, 1e-3, 0.1, 128, 128, 512, 0, 0.5, 2, false, 0, 1, 1, 1);
    /** The defaults of the published arguments. */
    public static final TuningSettings ARGUMENT_DEFAULTS =
            new TuningSettings(10, 1e-3, 0.1, 128, 32, 0, 500, 0, 4, false, 0, 1, 1, 1);

    /** All of these by name. */
    public static final Map<String, TuningSettings> NAMED = new LinkedHashMap<>(Map.of("zero_shot", ZERO_SHOT,
            "few_shot", FEW_SHOT, "few_shot_as_published", FEW_SHOT_AS_PUBLISHED, "argument_defaults", ARGUMENT_DEFAULTS));

    public TuningSettings {
        require(epochs > 0 && batchSize > 0 && realBatchSize > 0, "epochs " + epochs + ", batch_size " + batchSize
                + " and real_batch_size " + realBatchSize + " must be at least 1");
        require(scheduledBatchSize >= 0 && warmup >= 0, "scheduled_batch_size " + scheduledBatchSize + " and warmup " + warmup
                + " must not be negative");
        require(learningRate > 0 && learningRate < 1, "learning_rate " + learningRate + " must be between 0 and 1");
        require(weightDecay >= 0 && weightDecay < 1, "weight_decay " + weightDecay + " must be 0 or more, and below 1");
        require(softShare >= 0 && softShare <= 1, "soft_share " + softShare + " must be between 0 and 1");
        require(temperature > 0, "temperature " + temperature + " must be above 0");
        require(labelSmoothing >= 0 && labelSmoothing < 1, "label_smoothing " + labelSmoothing + " must be 0 or more, and below 1");
        require(syntheticWeight >= 0 && realWeight >= 0, "synthetic_weight " + syntheticWeight + " and real_weight "
                + realWeight + " must not be negative");
        require(clipNorm > 0, "clip_norm " + clipNorm + " must be above 0");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "tuning: " + message);
    }

    /**
     * Settings in JSON: those of the name under {@code base}, or the given ones, and what differs from them.
     *
     * @param source for messages: file and key
     */
    static TuningSettings of(String source, JsonNode changes, TuningSettings usual) {
        if (!(changes instanceof ObjectNode object)) {
            throw new InputException(source + ": must be {...} with settings, {} for the usual ones");
        }
        ObjectNode rest = object.deepCopy();
        JsonNode base = rest.remove("base");
        if (base != null && !NAMED.containsKey(base.asText())) {
            throw new InputException(source + ": no settings '" + base.asText() + "'"
                    + Json.nearest(base.asText(), NAMED.keySet()));
        }
        return Json.with(source, rest, TuningSettings.class, base == null ? usual : NAMED.get(base.asText()));
    }

    public TuningSettings withEpochs(int count) {
        return Json.replace(this, "epochs", count);
    }

    public TuningSettings withBatchSizes(int synthetic, int real) {
        return Json.replace(Json.replace(this, "batch_size", synthetic), "real_batch_size", real);
    }

    /** The updates of all epochs, with so many synthetic images. */
    public int updates(int images) {
        return epochs * new Epochs(images, batchSize).updates();
    }

    /** The learning rate of every update, with so many synthetic images. */
    public Curve rates(int images) {
        int counted = scheduledBatchSize == 0 ? batchSize : scheduledBatchSize;
        return new TuningSchedule(learningRate, warmup, epochs, new Epochs(images, counted).updates(),
                new Epochs(images, batchSize).updates());
    }
}
