package gift.diffusion;

import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The size of an autoencoder, in the terms of diffusers' AutoencoderKL.
 *
 * @param inChannels channels of an image that is encoded
 * @param outChannels channels of an image that is decoded
 * @param downBlockTypes DownEncoderBlock2D at each resolution
 * @param upBlockTypes UpDecoderBlock2D at each resolution
 * @param blockOutChannels channels at each resolution, from the highest to the lowest
 * @param layersPerBlock ResNet blocks at each resolution of the encoder; in the decoder there is one more
 * @param latentChannels C, channels of a latent
 * @param normNumGroups groups of the group normalizations
 * @param sampleSize height and width of the images it was trained on
 * @param scalingFactor what a latent is multiplied by before the denoiser sees it
 */
public record AutoencoderConfig(
        int inChannels,
        int outChannels,
        List<String> downBlockTypes,
        List<String> upBlockTypes,
        List<Integer> blockOutChannels,
        int layersPerBlock,
        int latentChannels,
        int normNumGroups,
        int sampleSize,
        double scalingFactor) {

    private static final String DOWN = "DownEncoderBlock2D";
    private static final String UP = "UpDecoderBlock2D";

    /** Stable Diffusion 1.x: 83,653,863 values in 248 tensors. */
    public static final AutoencoderConfig STABLE_DIFFUSION_1 = new AutoencoderConfig(3, 3, List.of(DOWN, DOWN, DOWN, DOWN),
            List.of(UP, UP, UP, UP), List.of(128, 256, 512, 512), 2, 4, 32, 512, 0.18215);

    /** What diffusers takes where a file is silent. */
    private static final AutoencoderConfig DEFAULT = new AutoencoderConfig(3, 3, List.of(DOWN), List.of(UP),
            List.of(64), 1, 4, 32, 32, 0.18215);

    private static final List<String> NONE = List.of();
    private static final List<String> TRUE = List.of("true");

    private static final ModelConfig FILE = new ModelConfig(Autoencoder.CLASS,
            Map.of(
                    "act_fn", List.of("\"silu\"", "\"swish\""),
                    "latents_mean", NONE,
                    "latents_std", NONE,
                    "shift_factor", NONE,
                    "mid_block_add_attention", TRUE,
                    "use_quant_conv", TRUE,
                    "use_post_quant_conv", TRUE),
            Set.of("force_upcast")); // everything here is in single precision

    public AutoencoderConfig {
        downBlockTypes = List.copyOf(downBlockTypes);
        upBlockTypes = List.copyOf(upBlockTypes);
        blockOutChannels = List.copyOf(blockOutChannels);
        int n = blockOutChannels.size();
        require(n > 0 && downBlockTypes.size() == n && upBlockTypes.size() == n,
                "block_out_channels, down_block_types and up_block_types must have equal length");
        require(Set.of(DOWN).containsAll(downBlockTypes), "down_block_types " + downBlockTypes + ": supported is " + DOWN);
        require(Set.of(UP).containsAll(upBlockTypes), "up_block_types " + upBlockTypes + ": supported is " + UP);
        require(inChannels > 0 && outChannels > 0 && layersPerBlock > 0 && latentChannels > 0 && normNumGroups > 0
                && sampleSize > 0, "every size must be positive");
        for (int channels : blockOutChannels) {
            require(channels > 0 && channels % normNumGroups == 0,
                    "channels " + channels + " are no multiple of norm_num_groups " + normNumGroups);
        }
        require(scalingFactor > 0, "scaling_factor must be positive");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "autoencoder configuration: " + message);
    }

    /**
     * The settings in a config.json.
     *
     * @throws gift.io.InputException naming an option that is unknown or has a value that is not supported
     */
    public static AutoencoderConfig read(Path file) {
        return FILE.read(file, AutoencoderConfig.class, DEFAULT);
    }

    /** Names and shapes of all tensors, under diffusers' names. */
    public Map<String, Shape> shapes() {
        return Autoencoder.shapes(this);
    }

    /** Pixels of an image for one position of its latent, along a side: 8 in Stable Diffusion. */
    public int factor() {
        return 1 << blocks() - 1;
    }

    int blocks() {
        return blockOutChannels.size();
    }

    /** Channels at the lowest resolution. */
    int lowest() {
        return blockOutChannels.get(blocks() - 1);
    }
}
