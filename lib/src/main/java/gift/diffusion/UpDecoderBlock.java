package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One resolution of the decoder: ResNet blocks, then twice the size. UpDecoderBlock2D in diffusers. */
final class UpDecoderBlock {
    private final List<ResnetBlock> resnets;
    private final Upsample upsample;    // null in the last block

    UpDecoderBlock(Parameters parameters, String prefix, int layers, int groups, double epsilon, boolean last) {
        resnets = IntStream.range(0, layers).mapToObj(i -> new ResnetBlock(
                parameters, prefix + ".resnets." + i, groups, epsilon)).toList();
        upsample = last ? null : new Upsample(parameters, prefix + ".upsamplers.0");
    }

    /** x (B, in, H, W) to (B, out, 2 H, 2 W). */
    NDArray forward(NDArray x) {
        return Scopes.result(() -> {
            NDArray h = x;
            for (ResnetBlock resnet : resnets) {
                h = resnet.forward(h, null);                                            // (B, out, H, W)
            }
            return upsample == null ? h : upsample.forward(h);
        });
    }

    static void shapes(Map<String, Shape> shapes, String prefix, int layers, int in, int out, boolean last) {
        for (int i = 0; i < layers; i++) {
            ResnetBlock.shapes(shapes, prefix + ".resnets." + i, i == 0 ? in : out, out, 0);
        }
        if (!last) {
            Conv2d.shapes(shapes, prefix + ".upsamplers.0.conv", out, out, 3);
        }
    }
}
