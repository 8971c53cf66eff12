package gift.recognition;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is optimized: the losses of an update, 0-dim and recorded, under "loss" the whole; always the same names. */
@FunctionalInterface
public interface Objective {
    Map<String, NDArray> losses(int update);

    /** Cross-entropy on real images alone, for the baselines. */
    static Objective crossEntropy(Classifier student, TrainingImages images, TuningBatches batches) {
        return update -> {
            int[] batch = batches.first(update);
            NDArray logits = student.logits(images.features(batch, update));
            return Map.of("loss", NativeOps.crossEntropy(logits, images.labels(batch), 0));
        };
    }

    /**
     * The published loss on synthetic images, and on real ones beside them:
     *
     * <pre>
     * L_s = sl soft + (1 - sl) hard        ({@link TuningLosses#synthetic}; hard alone where sl = 0)
     * L   = L_s, or w_r CE(real) + w_s L_s
     * </pre>
     *
     * @param teacher the initial classifier, which gives the soft labels and is never changed
     * @param real images, or null
     */
    static Objective tuning(Classifier student, Classifier teacher, TrainingImages synthetic, TrainingImages real,
            TuningBatches batches, TuningSettings settings) {
        return update -> {
            Map<String, NDArray> losses = new LinkedHashMap<>();
            int[] batch = batches.first(update);
            NDArray logits = student.logits(synthetic.features(batch, update));
            NDArray hard = NativeOps.crossEntropy(logits, synthetic.labels(batch), settings.labelSmoothing());
            NDArray loss = hard;
            if (settings.softShare() > 0) {
                NDArray target = Scopes.withoutGradients(() -> teacher.logits(synthetic.initialFeatures(batch, update)));
                NDArray soft = settings.pseudoLabels() ? TuningLosses.pseudoLabels(logits, target)
                        : TuningLosses.softLabels(logits, target, settings.temperature());
                losses.put("soft", soft);
                loss = TuningLosses.synthetic(soft, hard, settings.softShare());
            }
            losses.put("hard", hard);
            if (real != null) {
                int[] few = batches.second(update);
                NDArray ofReal = NativeOps.crossEntropy(student.logits(real.features(few, update)), real.labels(few),
                        settings.labelSmoothing());
                losses.put("real", ofReal);
                loss = TuningLosses.mixed(ofReal, loss, settings.realWeight(), settings.syntheticWeight());
            }
            losses.put("loss", loss);
            return losses;
        };
    }
}
