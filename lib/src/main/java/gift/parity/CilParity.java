package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.continual.Losses;
import gift.continual.Method;
import gift.continual.Method.Averaging;
import gift.continual.Method.Penalty;
import gift.continual.Methods;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.incremental.ClassIncremental;
import gift.incremental.IncrementalMethods;
import gift.incremental.SeenAccuracy;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.nn.Activation;
import gift.tensor.Images;
import gift.tensor.Schedule;
import gift.tensor.Scopes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** ZSCL's class-incremental code: its updates, a run over three steps, its memory of exemplars, its class orders. */
public final class CilParity {
    private static final double LOSS = 1e-4;
    /**
     * Of the distance to the weights at the start. In the first update Adam moves every weight by about the rate, those too whose
     * gradient is zero but for rounding: of these 47,969 weights the 96 biases of keys.
     */
    private static final double DISTANCE = 5e-4;
    private static final double WEIGHTS = 0.02;
    private static final double VALUES = 1e-4; // of probabilities, features and gradients
    private static final double RATE = 1e-12;
    private static final double LABEL_SMOOTHING = 0.2;

    private final Path folder;
    private final NDManager manager;
    private final JsonNode cases;
    private final ClipConfig config;
    private final SafeTensors batches;
    private final int size; // images of a batch
    private final int[][] classes; // numbers of the classes of each task

    /** The values in a folder of the layout of {@code parity/cil}. */
    public CilParity(Path folder, NDManager manager) {
        this.folder = folder;
        this.manager = manager;
        JsonNode manifest = Json.tree(folder.resolve("manifest.json"));
        JsonNode m = manifest.get("model");
        this.config = new ClipConfig(m.get("embed_dim").asInt(), m.get("image_resolution").asInt(),
                List.of(m.get("vision_layers").asInt()), m.get("vision_width").asInt(), m.get("patch").asInt(),
                m.get("vision_heads").asInt(), m.get("context_length").asInt(), m.get("vocab_size").asInt(),
                m.get("text_width").asInt(), m.get("text_heads").asInt(), m.get("text_layers").asInt(), Activation.QUICK_GELU);
        this.cases = manifest.get("cases");
        this.batches = SafeTensors.open(folder.resolve("batches.safetensors"));
        this.size = cases.get("batches").get("batch").asInt();
        this.classes = Json.convert("manifest.json", cases.get("batches").get("class_ids_per_task"), int[][].class);
    }

    /** All cases that are there. */
    public void run(Consumer<ParityCase> report) {
        try (batches) {
            cases.fieldNames().forEachRemaining(name -> run(name, report));
        }
    }

    private void run(String name, Consumer<ParityCase> report) {
        switch (name) {
            case "protocol" -> CilFacts.protocol(folder, report);
            case "class_incremental_run" -> steps(report);
            case "metrics" -> CilFacts.metrics(cases.get(name), report);
            case "herding" -> CilFacts.herding(folder, cases.get(name), report);
            case "start", "batches" -> { }
            default -> updates(name, report);
        }
    }

    // ---- updates on the first task

    private void updates(String name, Consumer<ParityCase> report) {
        JsonNode one = cases.get(name);
        boolean isLwf = name.startsWith("lwf");
        JsonNode expected = one.get("per_update");
        int warmup = ClassIncremental.PUBLISHED_TRAINING.warmup();
        JsonNode settings = one.has("settings") ? one.get("settings") // those of lwf are not said
                : Json.toTree(Map.of("lr", expected.get("lr").get(0).asDouble() * warmup));
        Path file = folder.resolve(name + ".safetensors");
        boolean scheduled = one.path("what").asText().contains("scheduled batches");
        try (SafeTensors own = Files.exists(file) ? SafeTensors.open(file) : null;
                Clip initial = model();
                Clip student = model()) {
            SafeTensors images = own != null && own.entries().containsKey("task0.images") ? own : batches;
            int iterations = expected.get("loss").size() - 1;
            Method method = isLwf ? IncrementalMethods.LWF_PUBLISHED : method(settings);
            Map<String, Double> errors = new TreeMap<>();
            try (TaskTrainer trainer = trainer(student, initial, method, settings, images, 0, iterations)) {
                compare(trainer, student, own, expected, settings, errors);
            }
            errors.forEach((quantity, error) -> report.accept(new ParityCase("cil/" + name + "/" + quantity, error,
                    tolerance(quantity), "worst of " + (iterations + 1) + " updates"
                    + (scheduled ? " through warm-up and cosine" : ""))));
            if (own != null && own.entries().containsKey("final.visual.proj")) {
                try (SafeTensors start = SafeTensors.open(folder.resolve("start.safetensors"))) {
                    report.accept(new ParityCase("cil/" + name + "/weights",
                            Errors.distance(student.parameters(), tensor -> own.floats("final." + tensor), start::floats), WEIGHTS, ""));
                }
            }
            if (own != null && own.entries().containsKey("probe_images")) {
                probe(name, student, own, report);
            }
        }
    }

    private void compare(TaskTrainer trainer, Clip student, SafeTensors own, JsonNode expected, JsonNode settings,
            Map<String, Double> errors) {
        Schedule schedule = new Schedule(settings.get("lr").asDouble(), ClassIncremental.PUBLISHED_TRAINING.warmup(),
                trainer.updates() - 1);
        double l2 = settings.path("l2").asDouble();
        for (int i = 0; i < trainer.updates(); i++) {
            Map<String, Double> losses = trainer.update(i);
            worst(errors, "loss", losses.get("loss"), expected.get("loss").get(i));
            worst(errors, "cross_entropy", losses.get("cross_entropy"), expected.get("cross_entropy").get(i));
            worst(errors, "lr", schedule.rate(i), expected.get("lr").get(i));
            if (losses.containsKey("distillation_image")) {
                double weight = IncrementalMethods.ZSCL.distillation();
                worst(errors, "kd_rows", losses.get("distillation_image") / weight, expected.get("kd_rows").get(i));
                worst(errors, "kd_columns", losses.get("distillation_text") / weight, expected.get("kd_columns").get(i));
            }
            if (expected.has("l2") && i > 0) {
                worst(errors, "l2", losses.get("penalty") / l2, expected.get("l2").get(i));
            }
            if (i == 0 && own != null && own.entries().keySet().stream().anyMatch(tensor -> tensor.startsWith("grad_first_update."))) {
                errors.put("gradients", own.entries().keySet().stream().filter(tensor -> tensor.startsWith("grad_first_update."))
                        .mapToDouble(tensor -> {
                            String bare = tensor.substring("grad_first_update.".length());
                            try (NDArray gradient = student.parameters().get(bare).getGradient()) {
                                return Errors.relative(gradient.toFloatArray(), own.floats(tensor));
                            }
                        }).max().orElseThrow());
            }
        }
    }

    private static double tolerance(String quantity) {
        return switch (quantity) {
            case "lr" -> RATE;
            case "gradients" -> VALUES;
            case "l2" -> DISTANCE;
            default -> LOSS;
        };
    }

    private static void worst(Map<String, Double> errors, String quantity, double computed, JsonNode reference) {
        double expected = reference.asDouble();
        double error = expected == 0 ? Math.abs(computed) : Errors.relative(computed, expected);
        errors.merge(quantity, error, Math::max);
    }

    private Clip model() {
        return ClipWeights.load(folder.resolve("start.safetensors"), config, manager);
    }

    /** The method that published settings stand for; without an entry it is ZSCL with its ensemble. */
    private static Method method(JsonNode settings) {
        double l2 = settings.path("l2").asDouble();
        if (settings.path("method").asText("ZSCL").equals("finetune")) {
            return l2 == 0 ? Methods.FINETUNE : IncrementalMethods.WC.withPenaltyWeight(l2);
        }
        boolean averaged = !settings.has("we") || !settings.get("we").isNull();
        Method zscl = IncrementalMethods.ZSCL.withAverageEvery(settings.get("avg_freq").asInt())
                .withAveraging(averaged ? Averaging.ENSEMBLE : Averaging.NONE);
        return l2 == 0 ? zscl : zscl.withPenalty(Penalty.L2).withPenaltyWeight(l2);
    }

    /** @param iterations updates but one */
    private TaskTrainer trainer(Clip student, Clip initial, Method method, JsonNode settings, SafeTensors images, int task,
            int iterations) {
        Training published = ClassIncremental.PUBLISHED_TRAINING;
        Training training = new Training(iterations, size, size, settings.get("lr").asDouble(), published.warmup(),
                settings.path("ls").asDouble(LABEL_SMOOTHING), settings.path("weight_decay").asDouble(), published.beta2(), 1000,
                published.shortcuts());
        String name = images.entries().containsKey("train" + task + ".images") ? "train" + task : "task" + task;
        int first = IntStream.range(0, task).map(t -> classes[t].length).sum();
        long[] labels = Arrays.stream(images.longs(name + ".labels")).map(label -> label - first).toArray();
        float[] pixels = images.floats(name + ".images");
        long[][] prompts = prompts(task, task + 1);
        FixedPairs pairs = method.reference().equals(Method.TASK)
                ? new FixedPairs(pixels, labels.length, new long[0], prompts, size)
                : new FixedPairs(batches.floats("reference_images"), (int) batches.entry("reference_images").shape()[0],
                        new long[0], rows("caption_tokens"), size);
        return new TaskTrainer(student, initial, method, training, new FixedBatches(pixels, labels, prompts, size), pairs);
    }

    private long[][] rows(String tensor) {
        return ClipParity.rows(batches.longs(tensor), config.contextLength());
    }

    /** Of the classes of some tasks, in order. */
    private long[][] prompts(int from, int to) {
        long[][] all = rows("class_tokens");
        return IntStream.range(from, to).boxed().flatMapToInt(t -> Arrays.stream(classes[t])).mapToObj(c -> all[c])
                .toArray(long[][]::new);
    }

    private void probe(String name, Clip student, SafeTensors own, Consumer<ParityCase> report) {
        Scopes.withoutGradients(() -> {
            float[] images = student.encodeImages(images(own, "probe_images")).toFloatArray();
            float[] texts = student.encodeTexts(rows("class_tokens")).toFloatArray();
            report.accept(new ParityCase("cil/" + name + "/image_features",
                    Errors.relative(images, own.floats("probe_image_features")), VALUES, "after the last update"));
            report.accept(new ParityCase("cil/" + name + "/text_features",
                    Errors.relative(texts, own.floats("probe_text_features")), VALUES, "after the last update"));
        });
    }

    private NDArray images(SafeTensors file, String tensor) {
        return Images.of(manager, file.floats(tensor), config.imageResolution());
    }

    // ---- a run

    private void steps(Consumer<ParityCase> report) {
        JsonNode one = cases.get("class_incremental_run");
        JsonNode settings = one.get("settings");
        String where = "cil/class_incremental_run/";
        List<SeenAccuracy> seen = new ArrayList<>();
        try (SafeTensors own = SafeTensors.open(folder.resolve("class_incremental_run.safetensors"));
                Clip initial = model();
                Clip student = model()) {
            for (int task = 0; task < classes.length; task++) {
                JsonNode expected = one.get("per_task_updates").get(task);
                SafeTensors images = own.entries().containsKey("train" + task + ".images") ? own : batches;
                Map<String, Double> errors = new TreeMap<>();
                try (TaskTrainer trainer = trainer(student, initial, method(settings), settings, images, task,
                        expected.get("loss").size() - 1)) {
                    compare(trainer, student, null, expected, settings, errors);
                }
                int step = task;
                errors.forEach((quantity, error) -> report.accept(new ParityCase(where + "step_" + (step + 1) + "/" + quantity,
                        error, tolerance(quantity), "")));
                float[] probabilities = probabilities(student, own, task);
                report.accept(new ParityCase(where + "step_" + (task + 1) + "/probabilities", Errors.relative(probabilities,
                        own.floats("probabilities_after_task_" + task)), VALUES, "among all classes seen"));
                seen.add(seen(own, probabilities, task));
                CilFacts.accuracy(where + "step_" + (task + 1), SeenAccuracy.last(seen), SeenAccuracy.average(seen),
                        one.get("logged").get(task), report);
            }
        }
    }

    /** softmax(s I T^T) of the test images of all tasks so far over all classes so far, flat. */
    private float[] probabilities(Clip model, SafeTensors own, int task) {
        List<float[]> parts = new ArrayList<>();
        Scopes.withoutGradients(() -> {
            NDArray texts = model.textFeatures(prompts(0, task + 1));
            IntStream.rangeClosed(0, task).forEach(t -> parts.add(Losses.similarity(
                    model.imageFeatures(images(own, "test" + t + ".images")), texts, model.scale()).softmax(1).toFloatArray()));
        });
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private SeenAccuracy seen(SafeTensors own, float[] probabilities, int task) {
        int columns = IntStream.rangeClosed(0, task).map(t -> classes[t].length).sum();
        long[] labels = IntStream.rangeClosed(0, task).boxed()
                .flatMapToLong(t -> Arrays.stream(own.longs("test" + t + ".labels"))).toArray();
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int row = i * columns;
            int best = IntStream.range(0, columns).reduce((a, b) -> probabilities[row + b] > probabilities[row + a] ? b : a)
                    .orElseThrow();
            right += best == labels[i] ? 1 : 0;
        }
        return new SeenAccuracy("task " + task, columns, labels.length, right);
    }
}
