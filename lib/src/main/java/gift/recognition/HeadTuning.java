package gift.recognition;

import gift.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The published classifier tuning on given images and batches, without a folder; {@code RecognitionStudy} runs the same with
 * one.
 *
 * <p>With known features the encoder is frozen. With {@link EncodedImages} and the encoder's trained tensors it is tuned end
 * to end ({@code --freeze-encoder} off); without trained tensors the result is that of known features.
 */
public final class HeadTuning {
    private HeadTuning() {}

    /**
     * Makes some updates, and returns the losses of each by name; the student, and the encoder, hold the last weights.
     *
     * @param teacher the head as it was
     * @param encoder tensors that are tuned with the head; null for a frozen encoder
     * @param real images beside the synthetic ones, or null
     */
    public static List<Map<String, Double>> run(Head student, Head teacher, Parameters encoder, TrainingImages synthetic,
            TrainingImages real, TuningBatches batches, TuningSettings settings, int updates) {
        List<Map<String, Double>> losses = new ArrayList<>();
        List<Parameters> models = new ArrayList<>(List.of(student.parameters()));
        if (encoder != null && !encoder.trained().isEmpty()) {
            models.add(encoder);
        }
        Objective objective = Objective.tuning(student, teacher, synthetic, real, batches, settings);
        try (ClassifierTrainer trainer = new ClassifierTrainer(models, ClassifierTrainer.adamW(settings.weightDecay()), objective,
                settings.rates(synthetic.size()), settings.clipNorm(), BestEpoch.last(models))) {
            for (int i = 0; i < updates; i++) {
                losses.add(trainer.update(i));
            }
        }
        return losses;
    }
}
