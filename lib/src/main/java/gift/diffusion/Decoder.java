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

/** The half of the autoencoder from latents to images. */
final class Decoder {
    private static final String PREFIX = "decoder";

    private final Conv2d convIn;
    private final ImageMidBlock midBlock;
    private final List<UpDecoderBlock> blocks;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    Decoder(Parameters parameters, AutoencoderConfig config) {
        int groups = config.normNumGroups();
        int last = config.blocks() - 1;
        convIn = Conv2d.of(parameters, PREFIX + ".conv_in", 1, 1);
        midBlock = new ImageMidBlock(parameters, PREFIX + ".mid_block", groups, Autoencoder.EPSILON);
        blocks = IntStream.rangeClosed(0, last).mapToObj(i -> new UpDecoderBlock(parameters,
                PREFIX + ".up_blocks." + i, config.layersPerBlock() + 1, groups, Autoencoder.EPSILON, i == last)).toList();
        normOut = GroupNorm.of(parameters, PREFIX + ".conv_norm_out", groups, Autoencoder.EPSILON);
        convOut = Conv2d.of(parameters, PREFIX + ".conv_out", 1, 1);
    }

    /** latents (B, C, h, w) to (B, 3, H, W), with H = 8 h and W = 8 w in Stable Diffusion. */
    NDArray forward(NDArray latents) {
        return Scopes.result(() -> {
            NDArray x = midBlock.forward(convIn.forward(latents));              // (B, Cn, h, w)
            for (UpDecoderBlock block : blocks) {
                x = block.forward(x);
            }
            return convOut.forward(NativeOps.silu(normOut.forward(x)));         // (B, 3, H, W)
        });
    }

    static void shapes(Map<String, Shape> shapes, AutoencoderConfig config) {
        int channels = config.lowest();
        Conv2d.shapes(shapes, PREFIX + ".conv_in", config.latentChannels(), channels, 3);
        ImageMidBlock.shapes(shapes, PREFIX + ".mid_block", channels);
        for (int i = 0; i < config.blocks(); i++) {
            int out = config.blockOutChannels().get(config.blocks() - 1 - i);
            UpDecoderBlock.shapes(shapes, PREFIX + ".up_blocks." + i, config.layersPerBlock() + 1, channels, out,
                    i == config.blocks() - 1);
            channels = out;
        }
        GroupNorm.shapes(shapes, PREFIX + ".conv_norm_out", channels);
        Conv2d.shapes(shapes, PREFIX + ".conv_out", channels, config.outChannels(), 3);
    }
}
