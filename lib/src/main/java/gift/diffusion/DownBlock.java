package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.tensor.Parameters;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One resolution of the UNet on the way down: ResNet blocks, each followed by a transformer in CrossAttnDownBlock2D
 * and by nothing in DownBlock2D, then half the size. Every result is also kept for the way up.
 */
final class DownBlock {
    private final List<ResnetBlock> resnets;
    private final List<SpatialTransformer> attentions;  // empty in DownBlock2D
    private final Downsample downsample;                // null in the last block

    DownBlock(Parameters parameters, UNetConfig config, int number) {
        String prefix = prefix(number);
        resnets = IntStream.range(0, config.layersPerBlock()).mapToObj(i -> new ResnetBlock(
                parameters, prefix + ".resnets." + i, config.normNumGroups(), config.normEps())).toList();
        attentions = IntStream.range(0, config.attendsDown(number) ? config.layersPerBlock() : 0)
                .mapToObj(i -> new SpatialTransformer(
                        parameters, prefix + ".attentions." + i, config, config.heads(number))).toList();
        downsample = config.isLast(number)
                ? null : new Downsample(parameters, prefix + ".downsamplers.0", config.downsamplePadding());
    }

    /** x (B, in, H, W), time (B, E), context (B, S, D); result (B, out, H / 2, W / 2); adds to {@code skips}. */
    NDArray forward(NDArray x, NDArray time, NDArray context, Deque<NDArray> skips) {
        for (int i = 0; i < resnets.size(); i++) {
            x = resnets.get(i).forward(x, time);
            if (!attentions.isEmpty()) {
                x = attentions.get(i).forward(x, context);
            }
            skips.push(x);                                                              // (B, out, H, W)
        }
        if (downsample != null) {
            x = downsample.forward(x);
            skips.push(x);                                                              // (B, out, H / 2, W / 2)
        }
        return x;
    }

    /** Adds its names and shapes, and to {@code skips} the channels of what it keeps. Returns its channels. */
    static int shapes(Map<String, Shape> shapes, UNetConfig config, int number, int in, Deque<Integer> skips) {
        String prefix = prefix(number);
        int out = config.blockOutChannels().get(number);
        for (int i = 0; i < config.layersPerBlock(); i++) {
            ResnetBlock.shapes(shapes, prefix + ".resnets." + i, i == 0 ? in : out, out, config.timeWidth());
            if (config.attendsDown(number)) {
                SpatialTransformer.shapes(shapes, prefix + ".attentions." + i, config, out);
            }
            skips.push(out);
        }
        if (!config.isLast(number)) {
            Conv2d.shapes(shapes, prefix + ".downsamplers.0.conv", out, out, 3);
            skips.push(out);
        }
        return out;
    }

    private static String prefix(int number) {
        return "down_blocks." + number;
    }
}
