package gift.diffusion;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The size of a denoiser, in the terms of diffusers' UNet2DConditionModel.
 *
 * @param sampleSize height and width of the latents it was trained on
 * @param inChannels channels of a latent
 * @param outChannels channels of the predicted noise
 * @param flipSinToCos whether the cosines come first in the embedding of a timestep
 * @param freqShift shift of the frequencies in that embedding
 * @param downBlockTypes CrossAttnDownBlock2D or DownBlock2D, from the highest resolution to the lowest
 * @param upBlockTypes CrossAttnUpBlock2D or UpBlock2D, from the lowest resolution to the highest
 * @param blockOutChannels channels at each resolution, from the highest to the lowest
 * @param layersPerBlock ResNet blocks at each resolution on the way down; on the way up there is one more
 * @param downsamplePadding 1 for zeros all around before a size is halved, 0 for the right and the bottom only
 * @param normNumGroups groups of the group normalizations
 * @param normEps epsilon of the group normalizations of the ResNet blocks and the output
 * @param crossAttentionDim width of the text's states
 * @param transformerLayersPerBlock transformer blocks at each place where there are any
 * @param attentionHeadDim the number of heads (the name is a historical error of diffusers), one for all resolutions
 *     or one for each
 * @param useLinearProjection whether the transformers' projections are stored as linear layers (SD 2.x)
 * @param timeEmbeddingDim width of the embedded timestep; 4 times the first channels if null
 * @param convInKernel kernel size of the first convolution, odd
 * @param convOutKernel kernel size of the last convolution, odd
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UNetConfig(
        int sampleSize,
        int inChannels,
        int outChannels,
        boolean flipSinToCos,
        double freqShift,
        List<String> downBlockTypes,
        List<String> upBlockTypes,
        List<Integer> blockOutChannels,
        int layersPerBlock,
        int downsamplePadding,
        int normNumGroups,
        double normEps,
        int crossAttentionDim,
        int transformerLayersPerBlock,
        @JsonFormat(with = JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED) List<Integer> attentionHeadDim,
        boolean useLinearProjection,
        Integer timeEmbeddingDim,
        int convInKernel,
        int convOutKernel) {

    private static final String CROSS_DOWN = "CrossAttnDownBlock2D";
    private static final String PLAIN_DOWN = "DownBlock2D";
    private static final String CROSS_UP = "CrossAttnUpBlock2D";
    private static final String PLAIN_UP = "UpBlock2D";

    /** Stable Diffusion 1.x: 859,520,964 values in 686 tensors. */
    public static final UNetConfig STABLE_DIFFUSION_1 = new UNetConfig(64, 4, 4, true, 0,
            List.of(CROSS_DOWN, CROSS_DOWN, CROSS_DOWN, PLAIN_DOWN), List.of(PLAIN_UP, CROSS_UP, CROSS_UP, CROSS_UP),
            List.of(320, 640, 1280, 1280), 2, 1, 32, 1e-5, 768, 1, List.of(8), false, null, 3, 3);

    /** What diffusers takes where a file is silent. */
    private static final UNetConfig DEFAULT = STABLE_DIFFUSION_1.withCrossAttentionDim(1280);

    private static final List<String> NONE = List.of();
    private static final List<String> FALSE = List.of("false");
    private static final List<String> ONE = List.of("1");

    private static final ModelConfig FILE = new ModelConfig(UNet.CLASS,
            Map.ofEntries(
                    Map.entry("act_fn", List.of("\"silu\"", "\"swish\"")),
                    Map.entry("addition_embed_type", NONE),
                    Map.entry("addition_time_embed_dim", NONE),
                    Map.entry("attention_type", List.of("\"default\"")),
                    Map.entry("center_input_sample", FALSE),
                    Map.entry("class_embed_type", NONE),
                    Map.entry("class_embeddings_concat", FALSE),
                    Map.entry("cross_attention_norm", NONE),
                    Map.entry("dropout", List.of("0")),
                    Map.entry("dual_cross_attention", FALSE),
                    Map.entry("encoder_hid_dim", NONE),
                    Map.entry("encoder_hid_dim_type", NONE),
                    Map.entry("mid_block_only_cross_attention", FALSE),
                    Map.entry("mid_block_scale_factor", ONE),
                    Map.entry("mid_block_type", List.of("\"UNetMidBlock2DCrossAttn\"")),
                    Map.entry("num_attention_heads", NONE),
                    Map.entry("num_class_embeds", NONE),
                    Map.entry("only_cross_attention", FALSE),
                    Map.entry("projection_class_embeddings_input_dim", NONE),
                    Map.entry("resnet_out_scale_factor", ONE),
                    Map.entry("resnet_skip_time_act", FALSE),
                    Map.entry("resnet_time_scale_shift", List.of("\"default\"")),
                    Map.entry("reverse_transformer_layers_per_block", NONE),
                    Map.entry("time_cond_proj_dim", NONE),
                    Map.entry("time_embedding_act_fn", NONE),
                    Map.entry("time_embedding_type", List.of("\"positional\"")),
                    Map.entry("timestep_post_act", NONE)),
            // the heads of an addition_embed_type, which there is none of; attention is in single precision anyway
            Set.of("addition_embed_type_num_heads", "upcast_attention"));

    public UNetConfig {
        downBlockTypes = List.copyOf(downBlockTypes);
        upBlockTypes = List.copyOf(upBlockTypes);
        blockOutChannels = List.copyOf(blockOutChannels);
        attentionHeadDim = List.copyOf(attentionHeadDim);
        int n = blockOutChannels.size();
        require(n > 0 && downBlockTypes.size() == n && upBlockTypes.size() == n,
                "block_out_channels, down_block_types and up_block_types must have equal length");
        require(sampleSize > 0 && inChannels > 0 && outChannels > 0 && layersPerBlock > 0 && normNumGroups > 0
                && crossAttentionDim > 0 && transformerLayersPerBlock > 0, "every size must be positive");
        require(Set.of(CROSS_DOWN, PLAIN_DOWN).containsAll(downBlockTypes),
                "down_block_types " + downBlockTypes + ": supported are " + CROSS_DOWN + " and " + PLAIN_DOWN);
        require(Set.of(CROSS_UP, PLAIN_UP).containsAll(upBlockTypes),
                "up_block_types " + upBlockTypes + ": supported are " + CROSS_UP + " and " + PLAIN_UP);
        require(attentionHeadDim.size() == 1 || attentionHeadDim.size() == n,
                "attention_head_dim must be one number or one for each of block_out_channels");
        for (int i = 0; i < n; i++) {
            int channels = blockOutChannels.get(i);
            int heads = attentionHeadDim.get(attentionHeadDim.size() == 1 ? 0 : i);
            require(channels > 0 && channels % normNumGroups == 0,
                    "channels " + channels + " are no multiple of norm_num_groups " + normNumGroups);
            require(heads > 0 && channels % heads == 0,
                    "channels " + channels + " are no multiple of the " + heads + " heads (attention_head_dim)");
        }
        require(blockOutChannels.get(0) % 2 == 0, "the first channels must be even");
        require(downsamplePadding == 0 || downsamplePadding == 1, "downsample_padding must be 0 or 1");
        require(convInKernel % 2 == 1 && convOutKernel % 2 == 1, "conv_in_kernel and conv_out_kernel must be odd");
        require(timeEmbeddingDim == null || timeEmbeddingDim > 0, "time_embedding_dim must be positive");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "UNet configuration: " + message);
    }

    /**
     * The settings in a config.json.
     *
     * @throws gift.io.InputException naming an option that is unknown or has a value that is not supported
     */
    public static UNetConfig read(Path file) {
        return FILE.read(file, UNetConfig.class, DEFAULT);
    }

    /** Names and shapes of all tensors, under diffusers' names. */
    public Map<String, Shape> shapes() {
        return UNet.shapes(this);
    }

    /** How often a side is halved on the way down, as a factor: sides of latents are best multiples of it. */
    public int factor() {
        return 1 << blocks() - 1;
    }

    int blocks() {
        return blockOutChannels.size();
    }

    boolean isLast(int block) {
        return block == blocks() - 1;
    }

    boolean attendsDown(int block) {
        return downBlockTypes.get(block).equals(CROSS_DOWN);
    }

    boolean attendsUp(int block) {
        return upBlockTypes.get(block).equals(CROSS_UP);
    }

    /** Heads at resolution {@code block}, counted from the highest. */
    int heads(int block) {
        return attentionHeadDim.get(attentionHeadDim.size() == 1 ? 0 : block);
    }

    /** E, the width of the embedded timestep. */
    int timeWidth() {
        return timeEmbeddingDim == null ? 4 * blockOutChannels.get(0) : timeEmbeddingDim;
    }

    private UNetConfig withCrossAttentionDim(int width) {
        return new UNetConfig(sampleSize, inChannels, outChannels, flipSinToCos, freqShift, downBlockTypes,
                upBlockTypes, blockOutChannels, layersPerBlock, downsamplePadding, normNumGroups, normEps, width,
                transformerLayersPerBlock, attentionHeadDim, useLinearProjection, timeEmbeddingDim, convInKernel,
                convOutKernel);
    }
}
