package gift.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.continual.Method;
import gift.continual.Training;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A study: methods that learn a sequence of tasks from one pretrained model. Paths are relative to the study's file.
 *
 * @param name of its folder under the results
 * @param about what it asks, in words
 * @param device auto, cpu, gpu0, ...
 * @param data folder of the data sets; or mini, the procedural world
 * @param model a pretraining recipe (.json), whose model is made first if it is not there, or weights (.safetensors
 *     or a folder)
 * @param vocabulary of the tokenizer; empty for the one beside the model
 * @param seeds one run each
 * @param tasks names of data sets in the order of learning
 * @param watched data sets that are evaluated after each task as well, but never learnt
 * @param reference picture-text pairs to distil on
 * @param methods settings by name; each differs from its "base", one of finetune and gift (its own name where left out)
 * @param training settings of every task
 * @param learningRates peak learning rates of single tasks
 * @param testPictures at most so many test pictures of a task, a fixed choice; 0 for all
 */
public record StudyConfig(
        String name,
        String about,
        String device,
        String data,
        String model,
        String vocabulary,
        List<Long> seeds,
        List<String> tasks,
        List<String> watched,
        Reference reference,
        Map<String, JsonNode> methods,
        Training training,
        Map<String, Double> learningRates,
        int testPictures) {

    /**
     * @param set a folder in the published layout ({@code image_text.csv}), or a data set whose training pictures with
     *     class captions are written in that layout first
     * @param pictures how many of them, a fixed random choice; 0 for all
     */
    public record Reference(String set, int pictures) {
        public Reference {
            if (pictures < 0) {
                throw new InputException("reference.pictures " + pictures + " must not be negative");
            }
        }
    }

    static final StudyConfig DEFAULT = new StudyConfig("study", "", "auto", ".", "", "", List.of(42L), List.of("MNIST"),
            List.of(), new Reference("", 1000), Map.of(), Training.DEFAULT, Map.of(), 0);

    private static final Map<String, Method> BASES = Map.of("finetune", Method.FINETUNE, "gift", Method.GIFT);

    public StudyConfig {
        require(name != null && name.matches("[A-Za-z0-9_-]+"), "name '" + name + "' must be letters, digits, _ and -");
        seeds = seeds == null ? List.of() : List.copyOf(seeds);
        tasks = tasks == null ? List.of() : List.copyOf(tasks);
        watched = watched == null ? List.of() : List.copyOf(watched);
        methods = methods == null ? Map.of() : new LinkedHashMap<>(methods);
        learningRates = learningRates == null ? Map.of() : new LinkedHashMap<>(learningRates);
        require(!seeds.isEmpty(), "seeds is empty");
        require(!tasks.isEmpty(), "tasks is empty");
        distinct("task", tasks);
        distinct("watched data set", watched);
        distinct("seed", seeds);
        require(testPictures >= 0, "test_pictures " + testPictures + " must not be negative");
        for (String task : learningRates.keySet()) {
            require(tasks.contains(task), "learning_rates names '" + task + "', which is not among the tasks"
                    + Json.nearest(task, tasks));
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InputException("study: " + message);
        }
    }

    private static void distinct(String what, List<?> values) {
        for (Object value : values) {
            require(values.indexOf(value) == values.lastIndexOf(value), what + " " + value + " is named twice");
        }
    }

    /**
     * @throws InputException naming the file and what is wrong in it
     */
    public static StudyConfig read(Path file) {
        StudyConfig config = Json.read(file, StudyConfig.class, DEFAULT);
        require(!config.methods.isEmpty(), "methods is empty");
        require(!config.model.isEmpty(), "model is missing: a pretraining recipe or weights");
        config.resolvedMethods(file.toString());
        return config;
    }

    /** The methods by name, in order. */
    public Map<String, Method> resolvedMethods(String source) {
        Map<String, Method> resolved = new LinkedHashMap<>();
        methods.forEach((method, settings) -> {
            JsonNode changes = settings.deepCopy();
            require(changes.isObject(), "method " + method + " must be an object of settings");
            JsonNode base = ((ObjectNode) changes).remove("base");
            String baseName = base == null ? method : base.asText();
            Method start = BASES.get(baseName);
            require(start != null, "unknown method '" + baseName + "'" + Json.nearest(baseName, BASES.keySet()));
            Method one = Json.with(source + ", method " + method, changes, Method.class, start);
            require(!one.usesReference() || !reference.set.isEmpty(),
                    "method " + method + " distils on reference pairs, but reference.set is missing");
            resolved.put(method, one);
        });
        return resolved;
    }

    /** The training settings of a task. */
    public Training trainingOf(String task) {
        Double rate = learningRates.get(task);
        Training t = training;
        return rate == null ? t : new Training(t.iterations(), t.batchSize(), t.referenceBatchSize(), rate, t.warmup(),
                t.labelSmoothing(), t.weightDecay(), t.beta2(), t.checkpointEvery(), t.shortcuts());
    }
}
