package gift.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import gift.nn.Activation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The size of a CLIP and how it computes, by the file of settings beside its weights: {@code config.json} in OpenAI's or
 * Hugging Face's terms, {@code open_clip_config.json} in open_clip's. A file that is damaged, or speaks of something else, is
 * refused: without it, the numbers of heads and the activation would be guessed.
 */
final class ClipSettings {
    private static final String CONFIG = "config.json";
    private static final String OPEN_CLIP = "open_clip_config.json";
    private static final int HEAD_WIDTH = 64; // open_clip's, unless its settings say otherwise

    /** open_clip's keys that are read, or change nothing when features are computed. */
    private static final Set<String> MODEL = Set.of("embed_dim", "quick_gelu", "vision_cfg", "text_cfg", "init_logit_scale");
    private static final Set<String> VISION =
            Set.of("image_size", "layers", "width", "patch_size", "head_width", "patch_dropout", "output_tokens");
    private static final Set<String> TEXT =
            Set.of("context_length", "vocab_size", "width", "heads", "layers", "output_tokens");
    /** Further keys, with the value at which open_clip computes what is computed here. */
    private static final Map<String, String> NEUTRAL = Map.ofEntries(Map.entry("mlp_ratio", "4.0 4"),
            Map.entry("pool_type", "\"tok\" \"argmax\""), Map.entry("pos_embed_type", "\"learnable\""),
            Map.entry("proj_type", "\"linear\""), Map.entry("interpolation", "\"bicubic\""),
            Map.entry("resize_mode", "\"shortest\""), Map.entry("mode", "\"RGB\""));
    private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
    private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

    private ClipSettings() {}

    /**
     * The size by the settings beside a file of weights, else by the shapes alone, with heads of width 64.
     *
     * @throws InputException naming the settings and what is wrong with them
     */
    static ClipConfig beside(Path weights, ClipTensors tensors) {
        List<String> names = tensors instanceof OpenAiNames ? List.of(OPEN_CLIP, CONFIG) : List.of(CONFIG, OPEN_CLIP);
        ClipConfig inferred = ClipConfig.infer(weights.toString(), tensors.shapes());
        Path config = names.stream().map(weights::resolveSibling).filter(Files::exists).findFirst().orElse(null);
        if (config == null) {
            return inferred;
        }
        if (!(Json.pythonTree(config) instanceof ObjectNode tree)) {
            throw foreign(config);
        }
        if (tree.has("embed_dim") && !tree.has("vision_cfg")) {
            tree.retain("embed_dim", "image_resolution", "vision_layers", "vision_width", "vision_patch_size",
                    "vision_heads", "context_length", "vocab_size", "transformer_width", "transformer_heads",
                    "transformer_layers", "activation");
            return Json.convert(config.toString(), tree, ClipConfig.class);
        }
        if (tree.path("vision_config").isObject() && tree.path("text_config").isObject()) {
            return HuggingFaceNames.config(config, tree, inferred);
        }
        if (tree.has("model_cfg") || tree.has("vision_cfg")) {
            return openClip(config, tree);
        }
        throw foreign(config);
    }

    private static InputException foreign(Path config) {
        return new InputException(config + " holds no settings of a CLIP (embed_dim, vision_config and text_config, or"
                + " model_cfg): put that of the weights beside them, or move this file away");
    }

    private static ClipConfig openClip(Path file, ObjectNode tree) {
        JsonNode model = tree.has("model_cfg") ? tree.path("model_cfg") : tree;
        JsonNode vision = model.path("vision_cfg");
        JsonNode text = model.path("text_cfg");
        requireKnown(file, "", model, MODEL);
        requireKnown(file, "vision_cfg.", vision, VISION);
        requireKnown(file, "text_cfg.", text, TEXT);
        requireKnown(file, "preprocess_cfg.", tree.path("preprocess_cfg"), Set.of("size", "mean", "std", "fill_color"));
        requireEqual(file, "mean", tree.path("preprocess_cfg").path("mean"), MEAN);
        requireEqual(file, "std", tree.path("preprocess_cfg").path("std"), DEVIATION);
        boolean vit = !vision.path("layers").isArray();
        int width = number(file, vision, "vision_cfg.", "width", 768);
        int headWidth = number(file, vision, "vision_cfg.", "head_width", HEAD_WIDTH);
        int textWidth = number(file, text, "text_cfg.", "width", 512);
        List<Integer> layers = vit ? List.of(number(file, vision, "vision_cfg.", "layers", 12))
                : List.of(Json.convert(file + ", vision_cfg.layers", vision.path("layers"), Integer[].class));
        return new ClipConfig(number(file, model, "", "embed_dim", null),
                number(file, vision, "vision_cfg.", "image_size", 224), layers, width,
                vit ? (Integer) number(file, vision, "vision_cfg.", "patch_size", 16) : null,
                (vit ? width : 32 * width) / headWidth, number(file, text, "text_cfg.", "context_length", 77),
                number(file, text, "text_cfg.", "vocab_size", 49408), textWidth,
                number(file, text, "text_cfg.", "heads", 8), number(file, text, "text_cfg.", "layers", 12),
                model.path("quick_gelu").asBoolean(false) ? Activation.QUICK_GELU : Activation.GELU);
    }

    /** @param otherwise the value where the key is absent; null where it is needed */
    private static int number(Path file, JsonNode tree, String where, String key, Integer otherwise) {
        JsonNode value = tree.path(key);
        if (value.isMissingNode() && otherwise != null) {
            return otherwise;
        }
        if (!value.isInt()) {
            throw new InputException(file + ": " + where + key + " is " + (value.isMissingNode() ? "missing" : value)
                    + ", not a whole number");
        }
        return value.intValue();
    }

    private static void requireKnown(Path file, String where, JsonNode tree, Set<String> known) {
        tree.properties().forEach(option -> {
            JsonNode value = option.getValue();
            boolean nothing = value.isNull() || value.isBoolean() && !value.booleanValue()
                    || value.isContainerNode() && value.isEmpty();
            boolean neutral = List.of(NEUTRAL.getOrDefault(option.getKey(), "").split(" ")).contains(value.toString());
            if (!known.contains(option.getKey()) && !nothing && !neutral) {
                throw new InputException(file + ": a CLIP with " + where + option.getKey() + " " + value
                        + " computes otherwise than the ones that are known here");
            }
        });
    }

    private static void requireEqual(Path file, String what, JsonNode found, double[] known) {
        for (int i = 0; !found.isMissingNode() && i < known.length; i++) {
            if (found.size() != known.length || Math.abs(found.get(i).asDouble() - known[i]) > 1e-6) {
                throw new InputException(file + ": preprocess_cfg." + what + " is " + found
                        + "; images are normalized here as OpenAI's CLIP wants it");
            }
        }
    }
}
