package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.ImageTower;
import gift.clip.VisionConfig;
import gift.imagine.AdapterConfig;
import gift.imagine.FewShotModel;
import gift.imagine.FewShotTrainer;
import gift.imagine.HeadConfig;
import gift.imagine.ImagineConfig;
import gift.imagine.ImagineModel;
import gift.imagine.ImagineTrainer;
import gift.imagine.MaskedPatches;
import gift.imagine.PretrainingSettings;
import gift.imagine.PretrainingSettings.Centering;
import gift.imagine.TuningSettings;
import gift.imagine.TuningSettings.LowRankWeights;
import gift.io.SafeTensors;
import gift.nn.Activation;
import gift.nn.LowRank;
import gift.tensor.HostImages;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/** Whole runs of ImagineFSL: pretraining, tuning without and with low-rank weights. */
final class ImagineRuns {
    private static final double OUTPUT = 1e-5;
    private static final double LOSS = 1e-4;
    private static final double NORM = 1e-3;
    private static final double WEIGHTS = 0.02;

    private final Path folder;
    private final NDManager manager;
    private final JsonNode cases;
    private final Consumer<ParityCase> report;

    ImagineRuns(Path folder, NDManager manager, JsonNode cases, Consumer<ParityCase> report) {
        this.folder = folder;
        this.manager = manager;
        this.cases = cases;
        this.report = report;
    }

    void run() {
        firstUpdate();
        pretraining("pretrain_run", Centering.CENTER);
        pretraining("pretrain_sinkhorn", Centering.SINKHORN);
        tuning();
        LowRankParity.attention(folder, manager, cases, report);
        lowRankTuning();
        FusionParity.run(folder, cases, report);
    }

    private void add(String name, double error, double tolerance, String detail) {
        report.accept(new ParityCase("imaginefsl/" + name, error, tolerance, detail));
    }

    private SafeTensors open(String name) {
        return SafeTensors.open(folder.resolve(name + ".safetensors"));
    }

    // ---- pretraining

    private ImageTower tower(SafeTensors start) {
        JsonNode c = cases.get("pretrain_start").get("clip");
        VisionConfig config = new VisionConfig(c.get("output_dim").asInt(), c.get("image").asInt(),
                List.of(c.get("layers").asInt()), c.get("width").asInt(), c.get("patch").asInt(), c.get("heads").asInt(),
                Activation.QUICK_GELU);
        return new ImageTower(config, Parameters.create(manager, config.shapes(),
                (name, shape) -> start.floats(name.replace("visual.", "student.backbone."))));
    }

    private AdapterConfig adapter() {
        JsonNode a = cases.get("pretrain_start").get("adapter");
        return new AdapterConfig(a.get("embed_dim").asInt(), a.get("qkv_dim").asInt(), a.get("depth").asInt(),
                a.get("heads").asInt(), a.get("mlp_ratio").asInt());
    }

    private ImagineConfig config() {
        JsonNode info = cases.get("pretrain_start");
        return new ImagineConfig(info.get("clip").get("width").asInt(), adapter(), ImagineConfig.Pooling.MOMENTS,
                head(info.get("dino_head")), head(info.get("ibot_head")));
    }

    private static HeadConfig head(JsonNode h) {
        return new HeadConfig(h.get("prototypes").asInt(), h.get("hidden").asInt(), h.get("bottleneck").asInt());
    }

    private Parameters read(SafeTensors file, String prefix) {
        return Parameters.create(manager, config().shapes(), (name, shape) -> file.floats(prefix + name));
    }

    private PretrainingSettings settings(Centering centering) {
        JsonNode s = cases.get("pretrain_run").get("settings");
        PretrainingSettings p = PretrainingSettings.PUBLISHED;
        return new PretrainingSettings(0, s.get("epochs").asInt(), s.get("epoch_length").asInt(), 1024,
                s.get("lr").asDouble(), s.get("min_lr").asDouble(), s.get("weight_decay").get(0).asDouble(),
                s.get("weight_decay").get(1).asDouble(), s.get("momentum").get(0).asDouble(),
                s.get("momentum").get(1).asDouble(), s.get("teacher_temp").get(0).asDouble(),
                s.get("teacher_temp").get(1).asDouble(), s.get("warmup_teacher_temp_epochs").asInt(),
                s.get("freeze_last_layer_epochs").asInt(), s.get("clip_grad").asDouble(), 0, centering,
                p.imageWeight(), p.patchWeight(), p.maskedShare(), p.leastMasked(), p.mostMasked());
    }

    /** Activations of the first update. */
    private void firstUpdate() {
        try (SafeTensors start = open("pretrain_start"); SafeTensors batches = open("pretrain_batches");
                SafeTensors first = open("pretrain_first_update"); ImageTower tower = tower(start);
                Parameters own = read(start, "student."); Parameters theirs = read(start, "teacher.")) {
            MaskedPatches masks = ImagineParity.masks(batches, "0.masks");
            for (String role : List.of("student", "teacher")) {
                ImagineModel model = new ImagineModel(tower, role.equals("student") ? own : theirs, config());
                Scopes.withoutGradients(() -> {
                    NDArray crops = TensorFiles.read(batches, "0.crops", manager);
                    NDArray mask = manager.create(floats(batches.longs("0.masks")),
                            new Shape(masks.crops(), masks.patches(), 1));
                    NDArray tokens = role.equals("student") ? model.tokens(crops, mask) : model.tokens(crops);
                    NDArray adapted = model.adapted(tokens, null);
                    NDArray pooled = model.pooled(adapted);
                    NDArray patches = model.patchLogits(adapted, manager.create(masks.indices()));
                    activation(first, role, "tokens", tokens);
                    activation(first, role, "hom", pooled);
                    activation(first, role, "dino_output", swapped(role, model.imageLogits(pooled)));
                    activation(first, role, "ibot_output", patches);
                });
            }
        }
    }

    /** The teacher's rows with the second crops first, where the reference has them so. */
    private static NDArray swapped(String role, NDArray x) {
        if (role.equals("student")) {
            return x;
        }
        long half = x.getShape().get(0) / 2;
        return NDArrays.concat(new NDList(x.get(half + ":"), x.get(":" + half)), 0);
    }

    /** Rows beyond ours are padding. */
    private void activation(SafeTensors first, String role, String what, NDArray ours) {
        float[] reference = Arrays.copyOf(
                first.floats("first." + role + "_" + what), Math.toIntExact(ours.size()));
        add("pretrain_first_update/" + role + "_" + what, Errors.relative(ours.toFloatArray(), reference), OUTPUT, "");
    }

    private static float[] floats(long[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }

    private static ImagineTrainer.Batch batch(SafeTensors batches, int update) {
        MaskedPatches masks = ImagineParity.masks(batches, update + ".masks");
        return new ImagineTrainer.Batch(HostImages.ofValues(batches.floats(update + ".crops"), masks.crops()), masks);
    }

    private void pretraining(String name, Centering centering) {
        JsonNode run = cases.get(name).get("per_update");
        PretrainingSettings settings = settings(centering);
        double losses = 0;
        double norms = 0;
        try (SafeTensors start = open("pretrain_start"); SafeTensors batches = open("pretrain_batches");
                ImageTower tower = tower(start); Parameters student = read(start, "student.");
                Parameters teacher = read(start, "teacher.");
                ImagineTrainer trainer = new ImagineTrainer(tower, student, config(), settings,
                        i -> batch(batches, i),
                        note -> { })) {
            trainer.teacher().set(teacher);
            for (int i = 0; i < run.get("losses").size(); i++) {
                Map<String, Double> values = trainer.update(i);
                for (String loss : List.of("dino_global_crops_loss", "ibot_loss")) {
                    losses = Math.max(losses,
                            Errors.relative(values.get(loss), run.get("losses").get(i).get(loss).asDouble()));
                }
                for (String part : List.of("backbone", "adapter", "dino_head", "ibot_head")) {
                    norms = Math.max(norms, Errors.relative(values.get("norm_" + part),
                            run.get("grad_norms_before_clip").get(i).get(part).asDouble()));
                }
            }
            add(name + "/losses", losses, LOSS, "worst of " + run.get("losses").size());
            add(name + "/gradient_norms", norms, NORM, "before clipping");
            if (centering == Centering.CENTER) {
                try (SafeTensors end = open(name)) {
                    add(name + "/student", distance(trainer.student(), start, "student.", end, "student."), WEIGHTS, "");
                    add(name + "/teacher", distance(trainer.teacher(), start, "teacher.", end, "teacher."), WEIGHTS, "");
                }
            }
        }
    }

    /** |ours - theirs| / |theirs - start| over all tensors but the packed biases, whose key third is noise. */
    private static double distance(
            Parameters ours, SafeTensors start, String startPrefix, SafeTensors end, String endPrefix) {
        double difference = 0;
        double update = 0;
        for (String name : ours.names()) {
            if (name.endsWith("attn.qkv.bias")) {
                continue;
            }
            float[] own = ours.get(name).toFloatArray();
            float[] theirs = end.floats(endPrefix + name);
            float[] before = start.entries().containsKey(startPrefix + name) ? start.floats(startPrefix + name)
                    : new float[own.length];
            if (name.equals("temperature")) {
                before[0] = (float) 4.6052;
            }
            for (int i = 0; i < own.length; i++) {
                difference += square(own[i] - theirs[i]);
                update += square(theirs[i] - before[i]);
            }
        }
        return Math.sqrt(difference / update);
    }

    private static double square(double x) {
        return x * x;
    }

    // ---- tuning

    private static FewShotTrainer.Images images(SafeTensors file, int update, String kind, String what) {
        String name = update + "." + kind + "_";
        float[] values = file.floats(name + what);
        Shape shape = new Shape(file.entry(name + what).shape());
        return new FewShotTrainer.Images(manager -> manager.create(values, shape),
                LongStream.of(file.longs(name + "labels")).mapToInt(Math::toIntExact).toArray());
    }

    private void tuning() {
        JsonNode info = cases.get("tuning_run");
        JsonNode rates = info.get("learning_rates");
        double rate = rates.get("adapter").asDouble();
        TuningSettings p = TuningSettings.PUBLISHED;
        TuningSettings settings = new TuningSettings(0, 1, 2, rate, rates.get("linear").asDouble() / rate,
                rates.get("text").asDouble() / rate, p.realShare(), p.textWeight(), p.weightDecay(), p.finalRate(), null);
        int items = (int) Math.round(2 * info.get("max_iter").asDouble()); // an epoch of items / 2 updates
        try (SafeTensors start = open("tuning_run"); FewShotModel model = model(start, true)) {
            run("tuning_run", "tokens", model, UnaryOperator.identity(), null, settings, items,
                    new String[] {"real_visual", "real_text", "synthetic_visual", "synthetic_text"});
            add("tuning_run/weights", distance(model.parameters(), start, "start.", start, "final."), WEIGHTS, "");
        }
    }

    private FewShotModel model(SafeTensors start, boolean biases) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        TensorFiles.shapes(start).forEach((name, shape) -> {
            if (name.startsWith("start.adapter.")) {
                shapes.put(name.substring("start.".length()), shape);
            }
        });
        try (Parameters adapter = Parameters.create(manager, shapes, (name, shape) -> start.floats("start." + name))) {
            FewShotModel model = FewShotModel.create(
                    manager, adapter(), adapter, start.floats("start.text_head.weight"), biases, 0);
            set(model.parameters(), "visual_head.weight", start);
            if (biases) {
                set(model.parameters(), "visual_head.bias", start);
            }
            return model;
        }
    }

    private void set(Parameters parameters, String name, SafeTensors start) {
        Scopes.withoutGradients(() -> NativeOps.copy(
                parameters.get(name), TensorFiles.read(start, "start." + name, manager)));
    }

    /** Runs the updates of a case and compares losses and learning rates. */
    private void run(String name, String what, FewShotModel model, UnaryOperator<NDArray> tower, LowRank lowRank,
            TuningSettings settings, int items, String[] parts) {
        JsonNode run = cases.get(name).get("per_update");
        double losses = 0;
        double rates = 0;
        try (SafeTensors batches = open(name.replace("_run", "_batches"));
                FewShotTrainer trainer = new FewShotTrainer(model, tower, lowRank, settings, items,
                        i -> new FewShotTrainer.Batch(images(batches, i, "real", what), images(batches, i, "synthetic", what)))) {
            int updates = run.get("loss").size();
            for (int i = 0; i < updates; i++) {
                Map<String, Double> values = trainer.update(i);
                losses = Math.max(losses, Errors.relative(values.get("loss"), run.get("loss").get(i).asDouble()));
                for (int k = 0; k < parts.length; k++) {
                    losses = Math.max(losses,
                            Errors.relative(values.get(parts[k]), run.get("parts").get(i).get(k).asDouble()));
                }
                JsonNode theirs = run.get("learning_rates").get(i);
                Map<String, Double> ours = trainer.rates(i);
                rates = Math.max(rates, Errors.relative(ours.get("rest"), theirs.get("adapter").asDouble()));
                for (String group : new String[] {"visual_head", "text_head"}) {
                    rates = Math.max(rates, Errors.relative(ours.get(group), theirs.get(group).asDouble()));
                }
                if (lowRank != null) {
                    rates = Math.max(rates, Errors.relative(ours.get("low_rank"), theirs.get("lora").asDouble()));
                }
            }
            add(name + "/losses", losses, LOSS, "worst of " + updates);
            add(name + "/learning_rates", rates, 1e-9, "");
            add(name + "/updates", Math.abs(settings.updates(items) - updates), 0, "as many as published");
        }
    }

    private void lowRankTuning() {
        JsonNode info = cases.get("lora_tuning_run");
        JsonNode rates = info.get("learning_rates");
        double rate = rates.get("adapter").asDouble();
        TuningSettings p = TuningSettings.PUBLISHED_LOW_RANK;
        TuningSettings settings = new TuningSettings(0, 4, 1, rate, rates.get("visual_head").asDouble() / rate,
                rates.get("text_head").asDouble() / rate, p.realShare(), p.textWeight(), p.weightDecay(), p.finalRate(),
                new LowRankWeights(rates.get("lora").asDouble(), info.get("r").asInt(), info.get("alpha").asDouble(), 0));
        try (SafeTensors clip = open("pretrain_start"); SafeTensors start = open("lora_tuning_run");
                ImageTower tower = tower(clip); FewShotModel model = model(start, false);
                LowRank lowRank = LowRankParity.under(tower, start, "start.", info)) {
            run("lora_tuning_run", "images", model, x -> tower.projectedTokenChain(x).forward(), lowRank, settings, 1,
                    new String[] {"real_text", "real_visual", "synthetic_text", "synthetic_visual"});
            add("lora_tuning_run/weights", distance(model.parameters(), start, "start.", start, "final."), WEIGHTS, "");
            add("lora_tuning_run/low_rank", LowRankParity.distance(lowRank, start), WEIGHTS, "");
        }
    }
}
