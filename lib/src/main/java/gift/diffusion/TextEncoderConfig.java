package gift.diffusion;

import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.nn.Activation;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The size of a text encoder, in the terms of transformers' CLIPTextModel.
 *
 * @param vocabSize V, number of tokens
 * @param hiddenSize D, width of a state
 * @param intermediateSize width of the hidden layer of each block
 * @param numHiddenLayers number of blocks
 * @param numAttentionHeads heads of each block
 * @param maxPositionEmbeddings longest text in tokens
 * @param hiddenAct quick_gelu or gelu
 */
public record TextEncoderConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int maxPositionEmbeddings,
        String hiddenAct) {

    /** Stable Diffusion 1.x, the text half of CLIP ViT-L/14: 123,060,480 values in 196 tensors. */
    public static final TextEncoderConfig STABLE_DIFFUSION_1 =
            new TextEncoderConfig(49408, 768, 3072, 12, 12, 77, "quick_gelu");

    /** What transformers takes where a file is silent. */
    private static final TextEncoderConfig DEFAULT = new TextEncoderConfig(49408, 512, 2048, 12, 8, 77, "quick_gelu");

    private static final List<String> ZERO = List.of("0");

    private static final ModelConfig FILE = new ModelConfig(TextEncoder.CLASS,
            Map.of(
                    "architectures", List.of("[\"CLIPTextModel\"]"),
                    "attention_dropout", ZERO,
                    "dropout", ZERO,
                    "layer_norm_eps", List.of("1e-5"),
                    "model_type", List.of("\"clip_text_model\"")),
            // tokens are the tokenizer's affair; the initializers concern new models, the projection other ones
            Set.of("bos_token_id", "eos_token_id", "pad_token_id", "initializer_factor", "initializer_range",
                    "projection_dim", "torch_dtype", "dtype", "transformers_version"));

    public TextEncoderConfig {
        require(vocabSize > 0 && hiddenSize > 0 && intermediateSize > 0 && numHiddenLayers > 0
                && maxPositionEmbeddings > 0, "every size must be positive");
        require(numAttentionHeads > 0 && hiddenSize % numAttentionHeads == 0,
                "hidden_size " + hiddenSize + " is no multiple of num_attention_heads " + numAttentionHeads);
        String act = hiddenAct;
        require(Stream.of(Activation.values()).anyMatch(one -> one.name().toLowerCase(Locale.ROOT).equals(act)),
                "option 'hidden_act' is \"" + hiddenAct + "\", which is not supported (supported: quick_gelu, gelu)");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "text encoder configuration: " + message);
    }

    /**
     * The settings in a config.json.
     *
     * @throws gift.io.InputException naming an option that is unknown or has a value that is not supported
     */
    public static TextEncoderConfig read(Path file) {
        return FILE.read(file, TextEncoderConfig.class, DEFAULT);
    }

    /** Names and shapes of all tensors, under the names of transformers. */
    public Map<String, Shape> shapes() {
        return TextEncoder.shapes(this);
    }

    Activation activation() {
        return Activation.valueOf(hiddenAct.toUpperCase(Locale.ROOT));
    }
}
