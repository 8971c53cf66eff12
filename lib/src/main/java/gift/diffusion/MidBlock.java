package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Parameters;
import java.util.Map;

/** The lowest resolution of the UNet: ResNet block, transformer, ResNet block. UNetMidBlock2DCrossAttn in diffusers. */
final class MidBlock {
    private static final String PREFIX = "mid_block";

    private final ResnetBlock first;
    private final SpatialTransformer attention;
    private final ResnetBlock second;

    MidBlock(Parameters parameters, UNetConfig config) {
        int heads = config.heads(config.blocks() - 1);
        first = new ResnetBlock(parameters, PREFIX + ".resnets.0", config.normNumGroups(), config.normEps());
        attention = new SpatialTransformer(parameters, PREFIX + ".attentions.0", config, heads);
        second = new ResnetBlock(parameters, PREFIX + ".resnets.1", config.normNumGroups(), config.normEps());
    }

    /** x (B, C, H, W), time (B, E), context (B, S, D); same shape as x out. */
    NDArray forward(NDArray x, NDArray time, NDArray context) {
        return second.forward(attention.forward(first.forward(x, time), context), time);
    }

    static void shapes(Map<String, Shape> shapes, UNetConfig config, int channels) {
        ResnetBlock.shapes(shapes, PREFIX + ".resnets.0", channels, channels, config.timeWidth());
        SpatialTransformer.shapes(shapes, PREFIX + ".attentions.0", config, channels);
        ResnetBlock.shapes(shapes, PREFIX + ".resnets.1", channels, channels, config.timeWidth());
    }
}
