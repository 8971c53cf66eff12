package gift.study.parity;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.continual.Method;
import gift.continual.Method.Averaging;
import gift.continual.Method.DistillationKind;
import gift.continual.Method.Penalty;
import gift.continual.Method.Towers;
import gift.continual.ReferencePairs;
import gift.continual.TaskBatches;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.continual.Training.Shortcuts;
import gift.io.Json;
import gift.io.SafeTensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/** Whole runs of the published training loop: the loss of every update and the weights after the last. */
public final class StepParity {
    private static final double LOSS = 1e-4;
    private static final double WEIGHTS = 5e-3;

    private final Path folder;
    private final NDManager manager;
    private final ClipConfig config;
    private final JsonNode cases;

    /** The runs in a folder of the layout of {@code parity/steps}. */
    public StepParity(Path folder, NDManager manager) {
        this.folder = folder;
        this.manager = manager;
        JsonNode manifest = Json.tree(folder.resolve("manifest.json"));
        ObjectNode model = (ObjectNode) manifest.get("model");
        model.put("vision_heads", model.get("vision_width").asInt() / 64);
        this.config = Json.convert("manifest.json", model, ClipConfig.class);
        this.cases = manifest.get("cases");
    }

    void run(Shortcuts shortcuts, Consumer<ParityCase> report, Consumer<String> note) {
        cases.fieldNames().forEachRemaining(name -> {
            if (supported(name)) {
                run(name, shortcuts, report);
            } else {
                note.accept("skip steps/" + name + ": its method comes with a later version");
            }
        });
    }

    /** Whether the methods built so far include this run. */
    private boolean supported(String name) {
        JsonNode settings = cases.get(name).get("settings");
        String method = settings.path("method").asText("GIFT");
        return method.equals("GIFT") || method.equals("finetune") && !settings.get("wise_merge").asBoolean();
    }

    /** One run by name. */
    public void run(String name, Shortcuts shortcuts, Consumer<ParityCase> report) {
        JsonNode settings = cases.get(name).get("settings");
        Method method = method(settings);
        Training training = training(settings, shortcuts);
        String load = settings.get("load").asText();
        boolean first = settings.get("load").isNull();
        double lossError = 0;
        try (SafeTensors batches = SafeTensors.open(folder.resolve("batches.safetensors"));
                Clip initial = model("pretrained");
                Clip student = model(first ? "pretrained" : load);
                TaskTrainer trainer = new TaskTrainer(student, initial, method, training,
                        new FixedBatches(batches, training.batchSize(), config.contextLength()),
                        new FixedPairs(batches, training.batchSize(), config))) {
            JsonNode losses = cases.get(name).get("losses");
            for (int i = 0; i < trainer.updates(); i++) {
                Map<String, Double> values = trainer.update();
                lossError = Math.max(lossError,
                        Errors.relative(values.get("loss"), losses.get(i).get("loss").asDouble()));
            }
            report.accept(new ParityCase("steps/" + name + "/loss", lossError, LOSS, "worst of " + trainer.updates()));
            double distance = distance(student, name, first ? "pretrained" : load);
            report.accept(new ParityCase("steps/" + name + "/weights", distance, WEIGHTS, ""));
        }
    }

    private Clip model(String name) {
        return ClipWeights.load(folder.resolve(name + ".safetensors"), config, manager);
    }

    /** |weights - reference| / |reference - start| over all tensors but the packed attention biases. */
    private double distance(Clip student, String name, String startName) {
        double difference = 0;
        double update = 0;
        try (SafeTensors reference = SafeTensors.open(folder.resolve(name + ".safetensors"));
                SafeTensors start = SafeTensors.open(folder.resolve(startName + ".safetensors"))) {
            for (String tensor : student.parameters().names()) {
                if (tensor.endsWith("attn.in_proj_bias")) {
                    continue;
                }
                float[] ours = student.parameters().get(tensor).toFloatArray();
                float[] theirs = reference.floats(tensor);
                float[] before = start.floats(tensor);
                for (int i = 0; i < ours.length; i++) {
                    difference += square(ours[i] - theirs[i]);
                    update += square(theirs[i] - before[i]);
                }
            }
        }
        return Math.sqrt(difference / update);
    }

    private static double square(double x) {
        return x * x;
    }

    private static Method method(JsonNode s) {
        boolean gift = !s.has("method");
        double alpha = gift ? s.get("distill").asDouble() : 0;
        double beta = gift ? s.get("ita").asDouble() : 0;
        DistillationKind kind = s.path("kl_div").asBoolean() ? DistillationKind.REVERSED_KL
                : s.get("feature_mse").asBoolean() ? DistillationKind.FEATURE_MSE : DistillationKind.CONTRASTIVE;
        Towers towers = s.path("image_only").asBoolean() ? Towers.IMAGE
                : s.path("text_only").asBoolean() ? Towers.TEXT : Towers.BOTH;
        String teacher = s.get("ref_model").isNull() ? "initial" : s.get("ref_model").asText();
        double lambda = s.get("l2").asDouble();
        int fisherUpdates = s.path("static_awc").asInt();
        Penalty penalty = lambda == 0 ? Penalty.NONE : !gift || !s.get("awc").asBoolean() ? Penalty.L2
                : fisherUpdates > 0 ? Penalty.STATIC_FISHER_AS_PUBLISHED : Penalty.FISHER;
        Averaging averaging = s.get("we").asBoolean() ? Averaging.ENSEMBLE
                : s.get("moving_avg").asBoolean() ? Averaging.MOVING : Averaging.NONE;
        return new Method(gift ? Method.Teacher.parse(teacher.equals("load") ? "previous" : teacher) : null,
                alpha, kind, towers, beta, s.get("T").asDouble(), penalty, lambda, fisherUpdates, averaging,
                s.get("avg_freq").asInt(), s.get("mv_avg_decay").asDouble());
    }

    private static Training training(JsonNode s, Shortcuts shortcuts) {
        int batch = s.get("batch_size").asInt();
        return new Training(s.get("iterations").asInt(), batch, batch, s.get("lr").asDouble(),
                s.get("warmup_length").asInt(), s.get("ls").asDouble(), s.get("wd").asDouble(),
                s.get("beta2").asDouble(), 1000, shortcuts);
    }

    /** The task's pictures in file order, cycling. */
    private static final class FixedBatches implements TaskBatches {
        private final float[] pictures;
        private final long[] labels;
        private final long[][] tokens;
        private final int size;

        FixedBatches(SafeTensors file, int size, int context) {
            pictures = file.floats("images");
            labels = file.longs("labels");
            tokens = ClipParity.rows(file.longs("class_tokens"), context);
            this.size = size;
        }

        @Override
        public Batch batch(int iteration) {
            int from = iteration * size % labels.length;
            int values = pictures.length / labels.length;
            return new Batch(Arrays.copyOfRange(pictures, from * values, (from + size) * values),
                    Arrays.copyOfRange(labels, from, from + size));
        }

        @Override
        public long[][] classTokens() {
            return tokens;
        }
    }

    /** The synthetic pairs in file order, cycling. */
    private static final class FixedPairs implements ReferencePairs {
        private final float[] pictures;
        private final long[] prompts;
        private final long[][] tokens;
        private final int batch;

        FixedPairs(SafeTensors file, int batch, ClipConfig config) {
            pictures = file.floats("synthetic_images");
            prompts = file.longs("synthetic_prompt_ids");
            tokens = ClipParity.rows(file.longs("prompt_tokens"), config.contextLength());
            this.batch = batch;
        }

        @Override
        public int size() {
            return prompts.length;
        }

        @Override
        public float[] picture(int i) {
            int values = pictures.length / prompts.length;
            return Arrays.copyOfRange(pictures, i * values, (i + 1) * values);
        }

        @Override
        public long[][] texts() {
            return tokens;
        }

        @Override
        public int text(int i) {
            return (int) prompts[i];
        }

        @Override
        public int[] batch(int iteration) {
            int[] numbers = new int[batch];
            for (int i = 0; i < batch; i++) {
                numbers[i] = (iteration * batch + i) % prompts.length;
            }
            return numbers;
        }
    }
}
