package gift.recognition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tuning of a head on given batches, without a folder: for comparisons with reference values and for notebooks. */
public final class ReferenceTuning {
    private ReferenceTuning() {}

    /**
     * Makes some updates, and returns the losses of each by name; the student holds the last weights.
     *
     * @param real images beside the synthetic ones, or null
     */
    public static List<Map<String, Double>> run(Head student, Head teacher, TrainingImages synthetic, TrainingImages real,
            TuningBatches batches, TuningSettings settings, int updates) {
        List<Map<String, Double>> losses = new ArrayList<>();
        Objective objective = Objective.tuning(student, teacher, synthetic, real, batches, settings);
        try (ClassifierTrainer trainer = new ClassifierTrainer(List.of(student.parameters()),
                ClassifierTrainer.adamW(settings.weightDecay()), objective, settings.rates(synthetic.size()),
                settings.clipNorm(), new BestEpoch(1, null, List.of(student.parameters())))) {
            for (int i = 0; i < updates; i++) {
                losses.add(trainer.update(i));
            }
        }
        return losses;
    }
}
