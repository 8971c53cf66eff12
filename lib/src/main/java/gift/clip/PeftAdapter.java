package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.nn.LowRank;
import gift.tensor.Parameters;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank weights of a CLIP in the layout of Hugging Face's peft: a folder with {@code adapter_config.json} and {@code
 * adapter_model.safetensors}, for the model of transformers that {@link HuggingFaceExport} writes, or for its image tower
 * alone. peft's {@code PeftModel.from_pretrained(model, folder)} reads it.
 */
public final class PeftAdapter {
    private static final String CONFIG = "adapter_config.json";
    private static final String TENSORS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    /** Settings with which peft computes something else. */
    private static final List<String> UNKNOWN = List.of("use_dora", "use_rslora", "fan_in_fan_out", "lora_bias", "use_qalora",
            "use_bdlora", "modules_to_save", "rank_pattern", "alpha_pattern", "layer_replication", "trainable_token_indices",
            "target_parameters");

    private PeftAdapter() {}

    /** Writes the folder; the settings last, so that it is whole when they are there. */
    public static void save(Path folder, LowRank lowRank) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        lowRank.parameters().all().forEach((name, array) -> {
            String ending = name.endsWith(A) ? A : B;
            tensors.put(PREFIX + theirs(name.substring(0, name.length() - ending.length())) + ending, array);
        });
        TensorFiles.write(folder.resolve(TENSORS), tensors, Map.of("format", "pt"));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "LORA");
        config.put("base_model_name_or_path", null);
        config.put("task_type", null);
        config.put("inference_mode", true);
        config.put("r", lowRank.settings().rank());
        double alpha = lowRank.settings().alpha();
        config.put("lora_alpha", alpha == Math.rint(alpha) ? (Object) Math.round(alpha) : (Object) alpha);
        config.put("lora_dropout", lowRank.settings().dropout());
        config.put("bias", "none");
        config.put("fan_in_fan_out", false);
        config.put("target_modules", lowRank.layers().stream().map(PeftAdapter::theirs).toList());
        AtomicFiles.writeString(folder.resolve(CONFIG), Json.write(config));
    }

    /**
     * Puts the low-rank weights of a folder beside the layers of a model of ours.
     *
     * @param model the parameters of a CLIP or of its image tower
     * @param seed of dropout, should they be trained further
     * @throws InputException naming the file and what of it is missing, unknown or does not fit
     */
    public static LowRank load(Path folder, Parameters model, long seed) {
        Path file = folder.resolve(CONFIG);
        JsonNode config = Json.tree(file);
        InputException.require(config.path("peft_type").asText().equals("LORA"),
                file + ": peft_type is " + config.path("peft_type") + "; LORA is known");
        InputException.require(config.path("bias").asText("none").equals("none"),
                file + ": bias is " + config.get("bias") + "; none is known");
        for (String key : UNKNOWN) {
            JsonNode value = config.path(key);
            InputException.require(value.isMissingNode() || value.isNull() || value.isBoolean() && !value.asBoolean()
                    || value.isContainerNode() && value.isEmpty(), file + ": " + key + " is " + value
                    + "; low-rank weights are known without it");
        }
        for (String key : List.of("r", "lora_alpha")) {
            InputException.require(config.path(key).isNumber(),
                    file + ": " + key + " is " + config.path(key) + ", not a number");
        }
        LowRank.Settings settings = new LowRank.Settings(config.get("r").asInt(), config.get("lora_alpha").asDouble(),
                config.path("lora_dropout").asDouble(0), seed);
        try (SafeTensors tensors = SafeTensors.open(folder.resolve(TENSORS))) {
            Map<String, String> names = new LinkedHashMap<>(); // theirs by ours
            Map<String, Shape> found = new LinkedHashMap<>();
            TensorFiles.shapes(tensors).forEach((name, shape) -> {
                names.put(ours(name), name);
                found.put(ours(name), shape);
            });
            return LowRank.of(model, folder.resolve(TENSORS).toString(), found, settings,
                    (name, shape) -> tensors.floats(names.get(name)));
        }
    }

    /** The layer "visual.transformer.resblocks.0.attn.q_proj" is "vision_model.encoder.layers.0.self_attn.q_proj". */
    private static String theirs(String layer) {
        String name = HuggingFaceNames.theirs(layer + ".").get(0).replace(".attn.", ".self_attn.");
        return name.substring(0, name.length() - 1);
    }

    private static String ours(String tensor) {
        String name = tensor.startsWith(PREFIX) ? tensor.substring(PREFIX.length()) : tensor;
        return HuggingFaceNames.ours(name).replace(".self_attn.", ".attn.");
    }
}
