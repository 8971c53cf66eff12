package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One resolution of the UNet on the way up: ResNet blocks, each of which also sees what the way down kept, each
 * followed by a transformer in CrossAttnUpBlock2D and by nothing in UpBlock2D, then twice the size.
 */
final class UpBlock {
    private final List<ResnetBlock> resnets;
    private final List<SpatialTransformer> attentions;  // empty in UpBlock2D
    private final Upsample upsample;                    // null in the last block

    UpBlock(Parameters parameters, UNetConfig config, int number) {
        String prefix = prefix(number);
        int layers = config.layersPerBlock() + 1;
        int heads = config.heads(config.blocks() - 1 - number);
        resnets = IntStream.range(0, layers).mapToObj(i -> new ResnetBlock(
                parameters, prefix + ".resnets." + i, config.normNumGroups(), config.normEps())).toList();
        attentions = IntStream.range(0, config.attendsUp(number) ? layers : 0).mapToObj(i -> new SpatialTransformer(
                parameters, prefix + ".attentions." + i, config, heads)).toList();
        upsample = config.isLast(number) ? null : new Upsample(parameters, prefix + ".upsamplers.0");
    }

    /**
     * x (B, in, H, W), time (B, E), context (B, S, D); takes from {@code skips}; result (B, out, 2 H, 2 W), or one less
     * where that is the size of what was kept.
     */
    NDArray forward(NDArray x, NDArray time, NDArray context, Deque<NDArray> skips) {
        for (int i = 0; i < resnets.size(); i++) {
            x = layer(i, x, skips.pop(), time, context);                                // (B, out, H, W)
        }
        if (upsample == null) {
            return x;
        }
        Shape next = skips.element().getShape();
        return upsample.forward(x, next.get(2), next.get(3));
    }

    private NDArray layer(int i, NDArray x, NDArray skip, NDArray time, NDArray context) {
        return Scopes.result(() -> {
            NDArray both = NDArrays.concat(new NDList(x, skip), 1);                     // (B, in + skip, H, W)
            NDArray h = resnets.get(i).forward(both, time);
            return attentions.isEmpty() ? h : attentions.get(i).forward(h, context);
        });
    }

    /** Adds its names and shapes, and takes from {@code skips} the channels of what was kept. Returns its channels. */
    static int shapes(Map<String, Shape> shapes, UNetConfig config, int number, int in, Deque<Integer> skips) {
        String prefix = prefix(number);
        int out = config.blockOutChannels().get(config.blocks() - 1 - number);
        for (int i = 0; i <= config.layersPerBlock(); i++) {
            int both = (i == 0 ? in : out) + skips.pop();
            ResnetBlock.shapes(shapes, prefix + ".resnets." + i, both, out, config.timeWidth());
            if (config.attendsUp(number)) {
                SpatialTransformer.shapes(shapes, prefix + ".attentions." + i, config, out);
            }
        }
        if (!config.isLast(number)) {
            Conv2d.shapes(shapes, prefix + ".upsamplers.0.conv", out, out, 3);
        }
        return out;
    }

    private static String prefix(int number) {
        return "up_blocks." + number;
    }
}
