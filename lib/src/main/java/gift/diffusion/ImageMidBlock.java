package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Parameters;
import java.util.Map;

/** The lowest resolution of the autoencoder: ResNet block, attention, ResNet block. UNetMidBlock2D in diffusers. */
final class ImageMidBlock {
    private final ResnetBlock first;
    private final ImageAttention attention;
    private final ResnetBlock second;

    ImageMidBlock(Parameters parameters, String prefix, int groups, double epsilon) {
        first = new ResnetBlock(parameters, prefix + ".resnets.0", groups, epsilon);
        attention = new ImageAttention(parameters, prefix + ".attentions.0", groups, epsilon);
        second = new ResnetBlock(parameters, prefix + ".resnets.1", groups, epsilon);
    }

    /** x (B, C, H, W), same shape out. */
    NDArray forward(NDArray x) {
        return second.forward(attention.forward(first.forward(x, null)), null);
    }

    static void shapes(Map<String, Shape> shapes, String prefix, int channels) {
        ResnetBlock.shapes(shapes, prefix + ".resnets.0", channels, channels, 0);
        ImageAttention.shapes(shapes, prefix + ".attentions.0", channels);
        ResnetBlock.shapes(shapes, prefix + ".resnets.1", channels, channels, 0);
    }
}
