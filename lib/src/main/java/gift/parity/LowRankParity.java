package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.ImageTower;
import gift.io.SafeTensors;
import gift.nn.LowRank;
import gift.nn.PackedAttention;
import gift.tensor.Gradients;
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

/**
 * Low-rank weights as loralib stores them: those of queries, keys and values below each other in one tensor for A and one
 * for B; here each layer has its own.
 */
final class LowRankParity {
    private static final double OUTPUT = 1e-5;
    private static final double GRADIENT = 1e-4;
    private static final double MERGED = 1e-6;
    private static final List<String> PACKED = List.of("q_proj", "k_proj", "v_proj");

    private LowRankParity() {}

    /** One attention layer with low-rank weights, apart and merged. */
    static void attention(Path folder, NDManager manager, JsonNode cases, Consumer<ParityCase> report) {
        JsonNode info = cases.get("lora_attention");
        Map<String, Shape> shapes = new LinkedHashMap<>();
        try (SafeTensors file = SafeTensors.open(folder.resolve("lora_attention.safetensors"))) {
            shapes.put("attn.in_proj_weight", new Shape(file.entry("qkv.weight").shape()));
            shapes.put("attn.in_proj_bias", new Shape(file.entry("qkv.bias").shape()));
            shapes.put("attn.out_proj.weight", new Shape(file.entry("proj.weight").shape()));
            shapes.put("attn.out_proj.bias", new Shape(file.entry("proj.bias").shape()));
            try (Parameters parameters = Parameters.create(manager, shapes, (name, shape) -> file.floats(name
                    .replace("attn.in_proj_", "qkv.").replace("attn.out_proj.", "proj.")))) {
                PackedAttention attention = PackedAttention.of(parameters, "attn", info.get("heads").asInt(), false);
                try (LowRank lowRank = LowRank.under(parameters, name -> true, settings(info))) {
                    lowRank.parameters().all().forEach((name, array) -> set(array, part(file, "", theirs(name), name)));
                    compare(file, manager, attention, lowRank, parameters, report);
                }
            }
        }
    }

    private static void compare(SafeTensors file, NDManager manager, PackedAttention attention, LowRank lowRank,
            Parameters parameters, Consumer<ParityCase> report) {
        float[] apart;
        try (Gradients recording = Gradients.record()) {
            NDArray input = TensorFiles.read(file, "input", manager);
            input.setRequiresGradient(true);
            NDArray output = attention.forward(input);
            recording.backward(output, TensorFiles.read(file, "upstream", manager));
            apart = output.toFloatArray();
            add(report, "output_unmerged", Errors.relative(apart, file.floats("output_unmerged")), OUTPUT);
            double gradients = Errors.relative(input.getGradient().toFloatArray(), file.floats("grad.input"));
            for (Map.Entry<String, NDArray> own : lowRank.parameters().all().entrySet()) {
                String name = own.getKey();
                gradients = Math.max(gradients, Errors.relative(own.getValue().getGradient().toFloatArray(),
                        part(file, "grad.", theirs(name), name)));
            }
            add(report, "gradients", gradients, GRADIENT);
        }
        lowRank.merge();
        float[] merged = Scopes.withoutGradients(
                () -> attention.forward(TensorFiles.read(file, "input", manager))).toFloatArray();
        add(report, "output_merged", Errors.relative(merged, file.floats("output_merged")), OUTPUT);
        add(report, "merged_equals_unmerged", Errors.relative(merged, apart), MERGED);
        add(report, "merged_weights", Math.max(
                Errors.relative(parameters.get("attn.in_proj_weight").toFloatArray(), file.floats("merged.qkv.weight")),
                Errors.relative(parameters.get("attn.out_proj.weight").toFloatArray(), file.floats("merged.proj.weight"))),
                OUTPUT);
    }

    private static void add(Consumer<ParityCase> report, String name, double error, double tolerance) {
        report.accept(new ParityCase("imaginefsl/lora_attention/" + name, error, tolerance, ""));
    }

    private static LowRank.Settings settings(JsonNode info) {
        return new LowRank.Settings(info.get("r").asInt(), info.get("alpha").asDouble(), 0, 0);
    }

    /** The low-rank weights of a file under the attention of a tower. */
    static LowRank under(ImageTower tower, SafeTensors file, String prefix, JsonNode info) {
        LowRank lowRank = LowRank.under(tower.parameters(), name -> name.contains(".attn."), settings(info));
        lowRank.parameters().all().forEach((name, array) -> set(array, part(file, prefix, theirs(name), name)));
        return lowRank;
    }

    /** |ours - theirs| / |theirs - start| over all low-rank weights after the run. */
    static double distance(LowRank lowRank, SafeTensors file) {
        double difference = 0;
        double update = 0;
        for (Map.Entry<String, NDArray> own : lowRank.parameters().all().entrySet()) {
            String name = own.getKey();
            float[] ours = own.getValue().toFloatArray();
            float[] end = part(file, "final.", theirs(name), name);
            float[] start = part(file, "start.", theirs(name), name);
            for (int i = 0; i < ours.length; i++) {
                difference += Math.pow(ours[i] - end[i], 2);
                update += Math.pow(end[i] - start[i], 2);
            }
        }
        return Math.sqrt(difference / update);
    }

    private static void set(NDArray array, float[] values) {
        Scopes.withoutGradients(() -> NativeOps.copy(array, array.getManager().create(values, array.getShape())));
    }

    /** "visual.transformer.resblocks.0.attn.q_proj.lora_A.weight" is in "tower.transformer.resblocks.0.attn.qkv.lora_A". */
    private static String theirs(String ours) {
        String name = ours.replace("visual.", "tower.").replace(".weight", "").replace("out_proj", "proj");
        for (String packed : PACKED) {
            name = name.replace(packed, "qkv");
        }
        return name.startsWith("attn.") ? name.substring("attn.".length()) : name;
    }

    /** The values of one layer: a third of a packed tensor, or the whole. */
    private static float[] part(SafeTensors file, String prefix, String theirs, String ours) {
        float[] all = file.floats(prefix + theirs);
        for (int i = 0; i < PACKED.size(); i++) {
            if (ours.contains("." + PACKED.get(i) + ".")) {
                int third = all.length / PACKED.size();
                return Arrays.copyOfRange(all, i * third, (i + 1) * third);
            }
        }
        return all;
    }
}
