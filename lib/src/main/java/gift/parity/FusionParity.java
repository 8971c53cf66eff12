package gift.parity;

import com.fasterxml.jackson.databind.JsonNode;
import gift.imagine.Fusion;
import gift.io.SafeTensors;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** The weights of ImagineFSL's two fusion rules that validation chooses, and accuracies with them. */
final class FusionParity {
    private final Path folder;
    private final JsonNode cases;
    private final Consumer<ParityCase> report;

    private FusionParity(Path folder, JsonNode cases, Consumer<ParityCase> report) {
        this.folder = folder;
        this.cases = cases;
        this.report = report;
    }

    static void run(Path folder, JsonNode cases, Consumer<ParityCase> report) {
        FusionParity parity = new FusionParity(folder, cases, report);
        parity.rule("fusion_normalized", Fusion.NORMALIZED, 100);
        parity.rule("tuning_run_evaluation", Fusion.NORMALIZED, 100);
        parity.rule("fusion_sum", Fusion.SUM, 1);
        parity.rule("lora_tuning_evaluation", Fusion.SUM, 1);
    }

    private void add(String name, double error, double tolerance, String detail) {
        report.accept(new ParityCase("imaginefsl/" + name, error, tolerance, detail));
    }

    /**
     * The weights that are tried with their validation accuracies, the one chosen, and the accuracies on test images.
     *
     * @param unit of the accuracies on test images in the manifest
     */
    private void rule(String name, Fusion rule, double unit) {
        JsonNode info = cases.get(name);
        try (SafeTensors file = SafeTensors.open(folder.resolve(name + ".safetensors"))) {
            Fusion.Logits validation = logits(file, "validation");
            Fusion.Logits test = logits(file, "test");
            Fusion.Choice choice = rule.choose(validation);
            add(name + "/weight", Math.abs(choice.weight() - info.get("chosen_weight").asDouble()), 0, "exactly");
            if (info.has("selection")) {
                double error = Math.abs(choice.tried() - info.get("selection").size());
                for (int i = 0; i < info.get("selection").size(); i++) {
                    JsonNode tried = info.get("selection").get(i);
                    error = Math.max(error, difference(rule, validation, i, tried.get("weight"), tried.get("fuse acc")));
                }
                add(name + "/selection", error, 1e-7, choice.tried() + " weights tried");
            } else if (info.has("weights")) {
                double error = 0;
                for (int i = 0; i < info.get("weights").size(); i++) {
                    error = Math.max(error, difference(rule, validation, i, info.get("weights").get(i),
                            info.get("validation_accuracy_per_weight").get(i)));
                }
                add(name + "/selection", error, 1e-7, info.get("weights").size() + " weights");
            }
            JsonNode theirs = info.get(unit == 1 ? "test_accuracy" : "test_accuracy_percent");
            double error = Math.abs(unit * rule.accuracy(test, choice.weight()) - theirs.get("fused").asDouble());
            error = Math.max(error, Math.abs(unit * test.textAccuracy() - theirs.get("text").asDouble()));
            error = Math.max(error, Math.abs(unit * test.visualAccuracy() - theirs.get("visual").asDouble()));
            add(name + "/test_accuracy", error, 1e-4, "");
        }
    }

    /** Of weight i, which must be the same, and of the accuracy with it. */
    private static double difference(Fusion rule, Fusion.Logits logits, int i, JsonNode weight, JsonNode accuracy) {
        float ours = rule.weights()[i];
        return ours == (float) weight.asDouble() ? Math.abs((float) rule.accuracy(logits, ours) - accuracy.asDouble()) : 1;
    }

    private static Fusion.Logits logits(SafeTensors file, String set) {
        return new Fusion.Logits(file.floats(set + "_visual_logits"), file.floats(set + "_text_logits"),
                LongStream.of(file.longs(set + "_labels")).mapToInt(Math::toIntExact).toArray());
    }
}
