package gift.parity;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.continual.Method;
import gift.continual.Method.Averaging;
import gift.continual.Method.Directions;
import gift.continual.Method.Teacher;
import gift.continual.Method.Texts;
import gift.continual.Method.Towers;
import gift.continual.Methods;
import gift.continual.PublishedSwitches;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.continual.Training.Shortcuts;
import gift.io.Json;
import gift.io.SafeTensors;
import java.nio.file.Path;
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

    void run(Shortcuts shortcuts, Consumer<ParityCase> report) {
        cases.fieldNames().forEachRemaining(name -> run(name, shortcuts, report));
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
                        new FixedBatches(batches.floats("images"), batches.longs("labels"),
                                ClipParity.rows(batches.longs("class_tokens"), config.contextLength()), training.batchSize()),
                        pairs(batches, settings))) {
            JsonNode losses = cases.get(name).get("losses");
            for (int i = 0; i < trainer.updates(); i++) {
                Map<String, Double> values = trainer.update(i);
                lossError = Math.max(lossError,
                        Errors.relative(values.get("loss"), losses.get(i).get("loss").asDouble()));
            }
            report.accept(new ParityCase("steps/" + name + "/loss", lossError, LOSS, "worst of " + trainer.updates()));
            double distance = distance(student, name, first ? "pretrained" : load);
            report.accept(new ParityCase("steps/" + name + "/weights", distance, WEIGHTS, ""));
        }
    }

    /** The synthetic images, or for LwF the task's own. */
    private FixedPairs pairs(SafeTensors file, JsonNode settings) {
        boolean own = settings.path("ref_dataset").asText().equals("Toy");
        boolean classes = own && settings.get("ref_sentences").isNull();
        long[] textOf = own ? new long[0] : file.longs("synthetic_prompt_ids");
        return new FixedPairs(file.floats(own ? "images" : "synthetic_images"),
                own ? file.longs("labels").length : textOf.length, textOf,
                ClipParity.rows(file.longs(classes ? "class_tokens" : "prompt_tokens"), config.contextLength()),
                settings.get("batch_size").asInt());
    }

    private Clip model(String name) {
        return ClipWeights.load(folder.resolve(name + ".safetensors"), config, manager);
    }

    private double distance(Clip student, String name, String startName) {
        try (SafeTensors reference = SafeTensors.open(folder.resolve(name + ".safetensors"));
                SafeTensors start = SafeTensors.open(folder.resolve(startName + ".safetensors"))) {
            return Errors.distance(student.parameters(), reference::floats, start::floats);
        }
    }

    /** The method that the published settings of a case stand for. */
    private static Method method(JsonNode s) {
        return s.has("method") ? baseline(s) : gift(s);
    }

    private static Method gift(JsonNode s) {
        double alpha = s.get("distill").asDouble();
        boolean features = s.get("feature_mse").asBoolean();
        int updates = s.path("static_awc").asInt();
        return common(Methods.GIFT, s).withTeacher(teacher(s))
                .withTowers(PublishedSwitches.towers(s.path("image_only").asBoolean(), s.path("text_only").asBoolean()))
                .withAlignment(s.get("ita").asDouble())
                .withFeatureError(features ? alpha : 0)
                .withReversed(PublishedSwitches.reversed(s.path("kl_div").asBoolean(), features))
                .withFisherUpdates(updates)
                .withPenalty(PublishedSwitches.penalty(s.get("l2").asDouble(), s.get("awc").asBoolean(), updates))
                .withDistillation(features ? 0 : alpha);
    }

    private static Method baseline(JsonNode s) {
        Method base = common(Methods.FINETUNE, s)
                .withPenalty(PublishedSwitches.penalty(s.get("l2").asDouble(), false, 0));
        if (!s.get("method").asText().equals("ZSCL")) {
            return base;
        }
        boolean image = s.get("image_loss").asBoolean();
        boolean text = s.get("text_loss").asBoolean();
        double alpha = !image && !text ? 0 : s.get("weight_adjust").asBoolean() ? 0.5 : 1;
        return base.withTeacher(teacher(s)).withTexts(Texts.ALL).withTowers(Towers.IMAGE).withDistillation(alpha)
                .withDirections(image == text ? Directions.BOTH : image ? Directions.IMAGE : Directions.TEXT)
                .withFeatureError(s.get("feature_mse").asBoolean() ? 1 : 0);
    }

    /** What both families of settings have. */
    private static Method common(Method base, JsonNode s) {
        boolean merge = s.path("wise_merge").asBoolean();
        Averaging averaging = merge ? Averaging.MERGE
                : PublishedSwitches.averaging(s.get("moving_avg").asBoolean(), s.get("we").asBoolean());
        return base.withTemperature(s.get("T").asDouble()).withPenaltyWeight(s.get("l2").asDouble())
                .withAveraging(averaging).withAverageEvery(s.get("avg_freq").asInt())
                .withAverageDecay(s.get(merge ? "wise_ft_alpha" : "mv_avg_decay").asDouble());
    }

    private static Teacher teacher(JsonNode s) {
        JsonNode name = s.get("ref_model");
        return name.isNull() ? Teacher.INITIAL : name.equals(s.get("load")) ? Teacher.PREVIOUS
                : PublishedSwitches.teacher(name.asText());
    }

    private static Training training(JsonNode s, Shortcuts shortcuts) {
        int batch = s.get("batch_size").asInt();
        return new Training(s.get("iterations").asInt(), batch, batch, s.get("lr").asDouble(),
                s.get("warmup_length").asInt(), s.get("ls").asDouble(), s.get("wd").asDouble(),
                s.get("beta2").asDouble(), 1000, shortcuts);
    }
}
