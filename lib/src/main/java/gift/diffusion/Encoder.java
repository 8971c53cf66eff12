package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.nn.GroupNorm;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The half of the autoencoder from images to latents. */
final class Encoder {
    private static final String PREFIX = "encoder";

    private final Conv2d convIn;
    private final List<DownEncoderBlock> blocks;
    private final ImageMidBlock midBlock;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    Encoder(Parameters parameters, AutoencoderConfig config) {
        int groups = config.normNumGroups();
        int last = config.blocks() - 1;
        convIn = Conv2d.of(parameters, PREFIX + ".conv_in", 1, 1);
        blocks = IntStream.rangeClosed(0, last).mapToObj(i -> new DownEncoderBlock(parameters,
                PREFIX + ".down_blocks." + i, config.layersPerBlock(), groups, Autoencoder.EPSILON, i == last)).toList();
        midBlock = new ImageMidBlock(parameters, PREFIX + ".mid_block", groups, Autoencoder.EPSILON);
        normOut = GroupNorm.of(parameters, PREFIX + ".conv_norm_out", groups, Autoencoder.EPSILON);
        convOut = Conv2d.of(parameters, PREFIX + ".conv_out", 1, 1);
    }

    /** images (B, 3, H, W) to (B, 2 C, h, w), with h = H / 8 and w = W / 8 in Stable Diffusion. */
    NDArray forward(NDArray images) {
        return Scopes.result(() -> {
            NDArray x = convIn.forward(images);                               // (B, C0, H, W)
            for (DownEncoderBlock block : blocks) {
                x = block.forward(x);
            }
            x = midBlock.forward(x);                                            // (B, Cn, h, w)
            return convOut.forward(NativeOps.silu(normOut.forward(x)));         // (B, 2 C, h, w)
        });
    }

    static void shapes(Map<String, Shape> shapes, AutoencoderConfig config) {
        int channels = config.blockOutChannels().get(0);
        Conv2d.shapes(shapes, PREFIX + ".conv_in", config.inChannels(), channels, 3);
        for (int i = 0; i < config.blocks(); i++) {
            int out = config.blockOutChannels().get(i);
            DownEncoderBlock.shapes(shapes, PREFIX + ".down_blocks." + i, config.layersPerBlock(), channels, out,
                    i == config.blocks() - 1);
            channels = out;
        }
        ImageMidBlock.shapes(shapes, PREFIX + ".mid_block", channels);
        GroupNorm.shapes(shapes, PREFIX + ".conv_norm_out", channels);
        Conv2d.shapes(shapes, PREFIX + ".conv_out", channels, 2 * config.latentChannels(), 3);
    }
}
