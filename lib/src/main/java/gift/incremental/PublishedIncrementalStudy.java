package gift.incremental;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.incremental.PublishedIncremental.Settings;
import gift.io.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The study that a published configuration stands for. */
final class PublishedIncrementalStudy {
    private static final String REFERENCE = "real"; // the name by which the methods know it
    private static final String CAPTIONS = "ConceptualCaptions";
    private static final int WARMUP = 30; // fixed in the published code

    private PublishedIncrementalStudy() {}

    /** @param data folder of the data sets, seen from the file */
    static ObjectNode of(String fileName, Settings settings, String data) {
        Map<String, Object> study = new LinkedHashMap<>();
        study.put("name", fileName.replaceAll("[^A-Za-z0-9_-]", "_"));
        study.put("data", data);
        study.put("model", settings.model());
        study.put("tasks", List.of(settings.dataSet()));
        study.put("scenario", Map.of("class_incremental", scenario(settings)));
        Map<String, Object> method = new LinkedHashMap<>();
        method.put("base", settings.method());
        method.putAll(settings.changes());
        study.put("methods", Map.of(settings.method(), method));
        study.put("training", training(settings));
        if (settings.method().equals("zscl") || "captions".equals(settings.changes().get("competing_texts"))) {
            method.put("reference", REFERENCE);
            study.put("references", Map.of(REFERENCE, Map.of("set", CAPTIONS, "sentences", CAPTIONS)));
        }
        return (ObjectNode) Json.toTree(study);
    }

    private static Map<String, Object> scenario(Settings settings) {
        Map<String, Object> scenario = new LinkedHashMap<>();
        scenario.put("initial", settings.initial());
        scenario.put("increment", settings.increment());
        scenario.put("order", settings.order());
        scenario.put("templates", List.of(settings.template()));
        scenario.put("evaluation", "random_as_published");
        return scenario;
    }

    private static Map<String, Object> training(Settings settings) {
        Map<String, Object> training = new LinkedHashMap<>();
        training.put("batch_size", settings.batchSize());
        training.put("reference_batch_size", settings.referenceBatchSize());
        training.put("learning_rate", settings.learningRate());
        training.put("warmup", WARMUP);
        training.put("label_smoothing", settings.labelSmoothing());
        training.put("weight_decay", settings.weightDecay());
        return training;
    }
}
