package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.recognition.ClipFilter;
import gift.recognition.FeatureSet;
import gift.recognition.Head;
import gift.recognition.HeadTuning;
import gift.recognition.KnownFeatures;
import gift.recognition.TrainingImages;
import gift.recognition.TuningBatches;
import gift.recognition.TuningSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** He et al. 2023: the head, its tuning, the filter. GLIDE and real guidance are {@link GlideParity}'s. */
public final class RecognitionParity {
    private static final double FORWARD = 1e-5;
    private static final double LOSS = 1e-4;
    private static final double GRADIENT = 1e-4;
    private static final double WEIGHTS = 0.01;

    private final Path folder;
    private final NDManager manager;
    private final JsonNode cases;
    private final Consumer<ParityCase> report;

    private RecognitionParity(Path folder, NDManager manager, Consumer<ParityCase> report) {
        this.folder = folder;
        this.manager = manager;
        this.cases = Json.tree(folder.resolve("manifest.json")).get("cases");
        this.report = report;
    }

    /** All cases in a folder of the layout of {@code parity/recognition}. */
    public static void run(Path folder, NDManager manager, Consumer<ParityCase> report) {
        try (NDManager own = manager.newSubManager()) {
            RecognitionParity parity = new RecognitionParity(folder, own, report);
            parity.head();
            parity.cases.fieldNames().forEachRemaining(name -> {
                if (parity.cases.get(name).has("per_update")) {
                    parity.tuning(name);
                }
            });
            parity.filter();
            new SentenceParity("recognition", report).languageEnhancement(parity.cases.get("language_enhancement_rules"));
        }
    }

    private void report(String name, double error, double tolerance, String detail) {
        report.accept(new ParityCase("recognition/" + name, error, tolerance, detail));
    }

    private SafeTensors open(String name) {
        return SafeTensors.open(folder.resolve(name + ".safetensors"));
    }

    private NDArray array(SafeTensors file, String tensor) {
        return manager.create(file.floats(tensor), new Shape(file.entry(tensor).shape()));
    }

    private void head() {
        try (SafeTensors file = open("zero_shot_head")) {
            double scale = Math.exp(cases.get("zero_shot_head").get("logit_scale").asDouble());
            float[] weight = Head.zeroShotWeight(array(file, "text_features"), scale).toFloatArray();
            report("zero_shot_head/weight", Errors.relative(weight, file.floats("head_weight")), FORWARD, "");
        }
        try (SafeTensors file = open("head_forward"); Head head = Head.of(manager, array(file, "head_weight"))) {
            float[] logits = head.logits(array(file, "inputs")).toFloatArray();
            report("head_forward/logits", Errors.relative(logits, file.floats("logits")), FORWARD, "");
        }
    }

    // ---- tuning

    private void tuning(String name) {
        JsonNode one = cases.get(name);
        JsonNode s = one.get("settings");
        boolean few = name.startsWith("tuning_few_shot");
        try (SafeTensors inputs = open("tuning_batches"); SafeTensors wanted = open(name);
                KnownFeatures synthetic = features(inputs, "synthetic"); KnownFeatures real = features(inputs, "real");
                Head student = Head.of(manager, array(inputs, "head_weight_initial"));
                Head teacher = student.copy()) {
            int size = cases.get("tuning_batches").get("synthetic_batch").asInt();
            int realSize = cases.get("tuning_batches").get("real_batch").asInt();
            int batches = synthetic.size() / size;
            int epochs = s.get("epochs").asInt();
            int scheduled = s.get("scheduled_updates").asInt() / epochs;
            TuningSettings settings = new TuningSettings(epochs, s.get("lr").asDouble(), s.get("wd").asDouble(), size, realSize,
                    synthetic.size() / scheduled, s.get("warmup_length").asInt(), s.get("sl").asDouble(),
                    s.get("sl_T").asDouble(), s.get("hard_pseudo_label").asBoolean(), s.get("ls").asDouble(),
                    s.get("loss_weight").asDouble(), s.get("loss_weight_real").asDouble(), 1);
            TrainingImages second = few ? real : null;
            List<Map<String, Double>> updates = HeadTuning.run(student, teacher, null, synthetic, second,
                    inOrder(size, batches, realSize, real.size() / realSize), settings, s.get("updates_taken").asInt());
            JsonNode per = one.get("per_update");
            losses(name, updates, per);
            rates(name, settings.rates(synthetic.size())::at, per.get("lr"));
            report(name + "/first_gradient_norm", Errors.relative(updates.get(0).get("gradient_norm"),
                    norm(wanted.floats("grad_weight_first_step_before_clip"), wanted.floats("grad_bias_first_step_before_clip"))),
                    GRADIENT, "");
            report(name + "/weights", distance(student, wanted, inputs.floats("head_weight_initial")), WEIGHTS, "");
        }
    }

    private KnownFeatures features(SafeTensors file, String kind) {
        int[] labels = Arrays.stream(file.longs(kind + "_labels")).mapToInt(Math::toIntExact).toArray();
        float[] values = file.floats(kind + "_features");
        return new KnownFeatures(new FeatureSet(values, labels, values.length / labels.length), manager);
    }

    /** Batches in file order; real ones start over at every epoch and when used up. */
    private static TuningBatches inOrder(int size, int batches, int realSize, int realBatches) {
        return new TuningBatches() {
            @Override
            public int[] first(int update) {
                int from = update % batches * size;
                return IntStream.range(from, from + size).toArray();
            }

            @Override
            public int[] second(int update) {
                int from = update % batches % realBatches * realSize;
                return IntStream.range(from, from + realSize).toArray();
            }
        };
    }

    private void losses(String name, List<Map<String, Double>> updates, JsonNode per) {
        double worst = 0;
        double worstNorm = 0;
        for (int i = 0; i < updates.size(); i++) {
            worst = Math.max(worst, Errors.relative(updates.get(i).get("loss"), per.get("loss").get(i).asDouble()));
            worstNorm = Math.max(worstNorm, Errors.relative(updates.get(i).get("gradient_norm"),
                    per.get("grad_norm_before_clip").get(i).asDouble()));
        }
        report(name + "/loss", worst, LOSS, "worst of " + updates.size());
        report(name + "/gradient_norm", worstNorm, LOSS, "worst of " + updates.size());
    }

    private void rates(String name, IntToDoubleFunction rate, JsonNode wanted) {
        double[] theirs = StreamSupport.stream(wanted.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
        double peak = Arrays.stream(theirs).max().orElseThrow();
        double worst = IntStream.range(0, theirs.length)
                .mapToDouble(i -> Math.abs(rate.applyAsDouble(i) - theirs[i]) / peak).max().orElseThrow();
        report(name + "/learning_rate", worst, 1e-12, "worst of " + theirs.length);
    }

    private static double norm(float[]... all) {
        double sum = 0;
        for (float[] values : all) {
            for (float v : values) {
                sum += (double) v * v;
            }
        }
        return Math.sqrt(sum);
    }

    /** |weights - reference| / |reference - start| over weight and bias; the bias starts at 0. */
    private static double distance(Head student, SafeTensors wanted, float[] start) {
        float[] weight = wanted.floats("head_weight_final");
        float[] bias = wanted.floats("head_bias_final");
        return norm(difference(student.parameters().get("weight").toFloatArray(), weight),
                difference(student.parameters().get("bias").toFloatArray(), bias))
                / norm(difference(weight, start), bias);
    }

    private static float[] difference(float[] a, float[] b) {
        float[] result = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[i] - b[i];
        }
        return result;
    }

    // ---- filter

    private void filter() {
        try (SafeTensors file = open("clip_filter")) {
            cases.get("clip_filter").get("cases").properties().forEach(entry -> {
                String name = "clip_filter/" + entry.getKey();
                JsonNode one = entry.getValue();
                NDArray images = array(file, entry.getKey() + ".image_features");
                NDArray texts = array(file, entry.getKey() + ".text_features");
                int index = one.get("class_index").asInt();
                float[] confidences = ClipFilter.confidences(images, texts, Math.exp(one.get("logit_scale").asDouble()), index);
                report(name + "/confidence",
                        Errors.relative(confidences, file.floats(entry.getKey() + ".confidence_of_class")), FORWARD, "");
                int cap = one.get("cap").asInt();
                List<Integer> kept = new ClipFilter(ClipFilter.Rule.FILL_UP_AS_PUBLISHED, cap, 0)
                        .select(confidences, name, index, Math.toIntExact(texts.getShape().get(0))).kept();
                List<Integer> theirs = numbers(one.get("selected_by_published_code"));
                boolean right = one.get("branch").asText().equals("most_confident") ? kept.equals(theirs)
                        : kept.size() == cap && new HashSet<>(kept).size() == cap
                                && numbers(one.get("above_threshold")).containsAll(kept);
                report(name + "/selected", right ? 0 : 1, 0, one.get("branch").asText());
            });
        }
    }

    private static List<Integer> numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asInt).toList();
    }
}
