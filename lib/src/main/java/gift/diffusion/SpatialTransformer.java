package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.nn.GroupNorm;
import gift.nn.Linear;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Transformer blocks over the positions of an image: norm, projection, blocks, projection, shortcut.
 *
 * <p>The projections are 1x1 convolutions in SD 1.x and linear layers in SD 2.x: the same function, stored in another
 * shape. Transformer2DModel in diffusers.
 */
final class SpatialTransformer {
    private static final double EPSILON = 1e-6; // unlike the rest of the UNet

    private final GroupNorm norm;
    private final Conv2d convIn;        // null with linear projections
    private final Conv2d convOut;       // null with linear projections
    private final Linear linearIn;      // null with convolutions
    private final Linear linearOut;     // null with convolutions
    private final List<BasicTransformerBlock> blocks;

    SpatialTransformer(Parameters parameters, String prefix, UNetConfig config, int heads) {
        boolean linear = config.useLinearProjection();
        norm = GroupNorm.of(parameters, prefix + ".norm", config.normNumGroups(), EPSILON);
        convIn = linear ? null : Conv2d.of(parameters, prefix + ".proj_in", 1, 0);
        convOut = linear ? null : Conv2d.of(parameters, prefix + ".proj_out", 1, 0);
        linearIn = linear ? Linear.of(parameters, prefix + ".proj_in") : null;
        linearOut = linear ? Linear.of(parameters, prefix + ".proj_out") : null;
        blocks = IntStream.range(0, config.transformerLayersPerBlock()).mapToObj(i -> new BasicTransformerBlock(
                parameters, prefix + ".transformer_blocks." + i, heads)).toList();
    }

    /** x (B, C, H, W), context (B, S, D); result (B, C, H, W). */
    NDArray forward(NDArray x, NDArray context) {
        return Scopes.result(() -> {
            Shape shape = x.getShape();
            NDArray h = norm.forward(x);
            h = linearIn == null ? rows(convIn.forward(h)) : linearIn.forward(rows(h));                 // (B, H W, C)
            for (BasicTransformerBlock block : blocks) {
                h = block.forward(h, context);
            }
            h = linearOut == null ? convOut.forward(image(h, shape)) : image(linearOut.forward(h), shape);
            return h.add(x);                                                                            // (B, C, H, W)
        });
    }

    /** (B, C, H, W) to (B, H W, C). */
    private static NDArray rows(NDArray x) {
        return x.reshape(x.getShape().get(0), x.getShape().get(1), -1).transpose(0, 2, 1);
    }

    /** (B, H W, C) to (B, C, H, W). */
    private static NDArray image(NDArray x, Shape shape) {
        return x.transpose(0, 2, 1).reshape(shape);
    }

    static void shapes(Map<String, Shape> shapes, String prefix, UNetConfig config, int channels) {
        GroupNorm.shapes(shapes, prefix + ".norm", channels);
        projection(shapes, prefix + ".proj_in", config, channels);
        for (int i = 0; i < config.transformerLayersPerBlock(); i++) {
            String block = prefix + ".transformer_blocks." + i;
            BasicTransformerBlock.shapes(shapes, block, channels, config.crossAttentionDim());
        }
        projection(shapes, prefix + ".proj_out", config, channels);
    }

    private static void projection(Map<String, Shape> shapes, String prefix, UNetConfig config, int channels) {
        if (config.useLinearProjection()) {
            Linear.shapes(shapes, prefix, channels, channels, true);
        } else {
            Conv2d.shapes(shapes, prefix, channels, channels, 1);
        }
    }
}
