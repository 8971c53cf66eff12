package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.imagine.Adapter;
import gift.imagine.AdapterConfig;
import gift.imagine.DistillationCurves;
import gift.imagine.MaskedPatches;
import gift.imagine.Moments;
import gift.imagine.PretrainingSettings;
import gift.imagine.PrototypeHead;
import gift.imagine.SelfDistillation;
import gift.imagine.TeacherCenter;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.tensor.Curve;
import gift.tensor.Gradients;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The parts of ImagineFSL one by one: pooling, heads, adapter, losses, masks and schedules. Whole runs: {@link ImagineRuns}. */
final class ImagineParity {
    private static final double OUTPUT = 1e-5;
    private static final double GRADIENT = 1e-4;

    private final Path folder;
    private final NDManager manager;
    private final JsonNode cases;
    private final Consumer<ParityCase> report;

    private ImagineParity(Path folder, NDManager manager, Consumer<ParityCase> report) {
        this.folder = folder;
        this.manager = manager;
        this.report = report;
        this.cases = Json.tree(folder.resolve("manifest.json")).get("cases");
    }

    /** Compares with all cases of a folder of the layout of {@code parity/imaginefsl}. */
    static void run(Path folder, NDManager manager, Consumer<ParityCase> report) {
        ImagineParity parts = new ImagineParity(folder, manager, report);
        parts.pooling();
        parts.head("hom_head");
        parts.head("dino_head");
        parts.adapter();
        parts.dropPath();
        parts.imageLoss();
        parts.sinkhorn();
        parts.twoCrops();
        parts.patchLoss();
        parts.masks();
        parts.schedules();
        new SentenceParity("imaginefsl", report).captions(parts.cases.get("caption_rules"));
        new ImagineRuns(folder, manager, parts.cases, report).run();
    }

    private void add(String name, double error, double tolerance, String detail) {
        report.accept(new ParityCase("imaginefsl/" + name, error, tolerance, detail));
    }

    private SafeTensors open(String name) {
        return SafeTensors.open(folder.resolve(name + ".safetensors"));
    }

    /** Parameters of a file's tensors that the shapes of its case name and that are trained. */
    private static Parameters parameters(NDManager manager, SafeTensors file, Function<String, Boolean> which) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        TensorFiles.shapes(file).forEach((name, shape) -> {
            if (which.apply(name)) {
                shapes.put(name, shape);
            }
        });
        return Parameters.create(manager, shapes, (name, shape) -> file.floats(name)).train(name -> true);
    }

    /** Compares the output of a function, and the gradients of its input and of parameters (null for none). */
    private void function(String name, SafeTensors file, Parameters parameters, UnaryOperator<NDArray> function) {
        double gradients = 0;
        try (Gradients recording = Gradients.record()) {
            NDArray input = TensorFiles.read(file, "input", manager);
            input.setRequiresGradient(true);
            NDArray output = function.apply(input);
            recording.backward(output, TensorFiles.read(file, "upstream", manager));
            add(name + "/output", Errors.relative(output.toFloatArray(), file.floats("output")), OUTPUT, "");
            gradients = Errors.relative(input.getGradient().toFloatArray(), file.floats("grad.input"));
            if (parameters != null) {
                for (Map.Entry<String, NDArray> trained : parameters.trained().entrySet()) {
                    float[] theirs = file.floats("grad." + trained.getKey());
                    float[] ours = trained.getValue().getGradient().toFloatArray();
                    gradients = Math.max(gradients, trained.getKey().endsWith("attn.qkv.bias")
                            ? withoutKeys(ours, theirs) : Errors.relative(ours, theirs));
                }
            }
        }
        add(name + "/gradients", gradients, GRADIENT, "");
    }

    /** The key third of a packed bias has a gradient of zero in exact arithmetic. */
    private static double withoutKeys(float[] ours, float[] theirs) {
        int third = ours.length / 3;
        for (int i = third; i < 2 * third; i++) {
            ours[i] = theirs[i];
        }
        return Errors.relative(ours, theirs);
    }

    private void pooling() {
        try (SafeTensors file = open("hom_pool")) {
            function("hom_pool", file, null, Moments::pool);
        }
    }

    private void head(String name) {
        try (SafeTensors file = open(name);
                Parameters parameters = parameters(manager, file, tensor -> tensor.startsWith("mlp.")
                        || tensor.equals(PrototypeHead.DIRECTIONS))) {
            function(name, file, parameters, new PrototypeHead(parameters, "")::forward);
        }
    }

    private AdapterConfig adapterConfig() {
        JsonNode c = cases.get("adapter");
        return new AdapterConfig(c.get("embed_dim").asInt(), c.get("qkv_dim").asInt(), c.get("depth").asInt(),
                c.get("heads").asInt(), c.get("mlp_ratio").asInt());
    }

    private void adapter() {
        try (SafeTensors file = open("adapter");
                Parameters parameters = parameters(manager, file, tensor -> tensor.startsWith("blocks."))) {
            function("adapter", file, parameters, new Adapter(parameters, "", adapterConfig())::forward);
        }
    }

    private void dropPath() {
        double rate = cases.get("adapter_drop_path").get("drop_path_rate").asDouble();
        try (SafeTensors weights = open("adapter"); SafeTensors file = open("adapter_drop_path");
                Parameters parameters = parameters(manager, weights, tensor -> tensor.startsWith("blocks."))) {
            float[] factors = file.floats("keep");
            for (int i = 0; i < factors.length; i++) {
                factors[i] *= (float) (1 / (1 - rate));
            }
            Scopes.withoutGradients(() -> {
                NDArray paths = manager.create(factors, new Shape(file.entry("keep").shape()));
                NDArray output = new Adapter(parameters, "", adapterConfig())
                        .forward(TensorFiles.read(file, "input", manager), paths);
                add("adapter_drop_path/output", Errors.relative(output.toFloatArray(), file.floats("output")), OUTPUT, "");
            });
        }
    }

    // ---- losses

    /** Centre, probabilities, loss and gradient of three updates. */
    private void imageLoss() {
        try (SafeTensors file = open("dino_loss_centering")) {
            updates("dino_loss_centering", file, "teacher_output", (student, teacher, i) ->
                    SelfDistillation.ofImages(List.of(student), List.of(teacher)));
        }
    }

    private void patchLoss() {
        try (SafeTensors file = open("ibot_loss")) {
            updates("ibot_loss", file, "teacher_output", (student, teacher, i) ->
                    SelfDistillation.ofPatches(student, teacher, TensorFiles.read(file, i + ".masks_weight", manager),
                            Math.toIntExact(file.entry(i + ".masks").shape()[0])));
            double temperature = cases.get("ibot_loss").get("teacher_temps").get(2).asDouble();
            Scopes.withoutGradients(() -> add("ibot_loss/sinkhorn", Errors.relative(SelfDistillation.sinkhorn(
                    TensorFiles.read(file, "2.teacher_output", manager), temperature).toFloatArray(),
                    file.floats("sinkhorn_of_update_2.teacher_probabilities")), OUTPUT, ""));
        }
    }

    private interface Loss {
        NDArray of(NDArray student, NDArray teacher, int update);
    }

    private void updates(String name, SafeTensors file, String teacherOutput, Loss loss) {
        JsonNode info = cases.get(name);
        JsonNode losses = info.get("losses");
        double probabilities = 0;
        double centers = 0;
        double values = 0;
        double gradients = 0;
        TeacherCenter center = new TeacherCenter(manager, Math.toIntExact(file.entry("center_after").shape()[1]));
        for (int i = 0; i < losses.size(); i++) {
            try (Gradients recording = Gradients.record()) {
                NDArray teacher = TensorFiles.read(file, i + "." + teacherOutput, manager);
                double temperature = info.get("teacher_temps").get(i).asDouble();
                centers = Math.max(centers, Errors.relative(center.values().toFloatArray(), file.floats(i + ".center_used")));
                NDArray p = Scopes.notRecording(() -> center.probabilities(teacher, temperature));
                NDArray student = TensorFiles.read(file, i + ".student_output", manager);
                student.setRequiresGradient(true);
                NDArray value = loss.of(student, p, i);
                recording.backward(value);
                probabilities = Math.max(probabilities,
                        Errors.relative(p.toFloatArray(), file.floats(i + ".teacher_probabilities")));
                values = Math.max(values, Errors.relative(value.getFloat(), losses.get(i).asDouble()));
                gradients = Math.max(gradients,
                        Errors.relative(student.getGradient().toFloatArray(), file.floats(i + ".grad.student_output")));
            }
        }
        centers = Math.max(centers, Errors.relative(center.values().toFloatArray(), file.floats("center_after")));
        center.values().close();
        add(name + "/center", centers, OUTPUT, "the centre of the updates before");
        add(name + "/probabilities", probabilities, OUTPUT, "");
        add(name + "/loss", values, OUTPUT, "");
        add(name + "/gradients", gradients, GRADIENT, "");
    }

    private void sinkhorn() {
        JsonNode info = cases.get("dino_loss_sinkhorn");
        try (SafeTensors file = open("dino_loss_sinkhorn")) {
            Scopes.withoutGradients(() -> {
                NDArray p = SelfDistillation.sinkhorn(
                        TensorFiles.read(file, "teacher_output", manager), info.get("temp").asDouble());
                add("dino_loss_sinkhorn/probabilities",
                        Errors.relative(p.toFloatArray(), file.floats("teacher_probabilities")), OUTPUT, "");
                NDArray loss = SelfDistillation.ofImages(
                        List.of(TensorFiles.read(file, "student_output", manager)), List.of(p));
                add("dino_loss_sinkhorn/loss", Errors.relative(loss.getFloat(), info.get("loss").asDouble()), OUTPUT, "");
            });
        }
    }

    private void twoCrops() {
        try (SafeTensors file = open("dino_loss_two_crops")) {
            Scopes.withoutGradients(() -> {
                NDArray loss = SelfDistillation.ofImages(
                        List.of(TensorFiles.read(file, "student.0", manager), TensorFiles.read(file, "student.1", manager)),
                        List.of(TensorFiles.read(file, "teacher_probabilities.0", manager),
                                TensorFiles.read(file, "teacher_probabilities.1", manager)));
                add("dino_loss_two_crops/loss", Errors.relative(
                        loss.getFloat(), cases.get("dino_loss_two_crops").get("loss").asDouble()), OUTPUT, "");
            });
        }
    }

    // ---- masks and schedules

    /** Masks (crops, patches) of a file. */
    static MaskedPatches masks(SafeTensors file, String name) {
        long[] shape = file.entry(name).shape();
        long[] values = file.longs(name);
        boolean[][] masks = new boolean[(int) shape[0]][(int) shape[1]];
        for (int i = 0; i < values.length; i++) {
            masks[i / masks[0].length][i % masks[0].length] = values[i] != 0;
        }
        return new MaskedPatches(masks);
    }

    private void masks() {
        JsonNode info = cases.get("mask_collate");
        try (SafeTensors file = open("mask_collate")) {
            MaskedPatches masks = masks(file, "masks");
            boolean same = Arrays.equals(masks.indices(), file.longs("mask_indices_list"));
            add("mask_collate/indices", same ? 0 : 1, 0, "");
            add("mask_collate/weights", Errors.relative(masks.weights(), file.floats("masks_weight")), 0, "");
            int slices = info.get("masked_crops").asInt();
            PretrainingSettings s = PretrainingSettings.PUBLISHED;
            double error = Math.abs(slices - (int) (info.get("crops").asInt() * s.maskedShare()));
            for (int i = 0; i <= slices; i++) {
                error = Math.max(error, Errors.relative(
                        MaskedPatches.bound(i, slices, s.leastMasked(), s.mostMasked()),
                        info.get("probability_slices").get(i).asDouble()));
            }
            add("mask_collate/slices", error, 1e-6, "");
        }
    }

    private void schedules() {
        JsonNode info = cases.get("schedules");
        DistillationCurves s = PretrainingSettings.PUBLISHED.curves();
        Map<String, Curve> curves = new LinkedHashMap<>();
        curves.put("learning_rate", s.rate());
        curves.put("last_layer_learning_rate", s.prototypeRate());
        curves.put("weight_decay", s.decay());
        curves.put("teacher_momentum", s.teacherMomentum());
        curves.put("teacher_temperature", s.teacherTemperature());
        curves.forEach((name, curve) -> {
            double error = 0;
            for (int k = 0; k < info.get("iterations").size(); k++) {
                double theirs = info.get(name).get(k).asDouble();
                double ours = curve.at(info.get("iterations").get(k).asInt());
                error = Math.max(error, theirs == 0 ? Math.abs(ours) : Errors.relative(ours, theirs));
            }
            add("schedules/" + name, error, 1e-12, "");
        });
    }
}
