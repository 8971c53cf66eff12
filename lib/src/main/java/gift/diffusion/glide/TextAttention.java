package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.GroupNorm;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.Map;

/**
 * Attention of every position over all positions and all tokens at once: x + out(attention(q, [k_text, k], [v_text, v])).
 *
 * <p>AttentionBlock of {@code glide_text2im/unet.py}. Its convolutions of one position are linear layers here, of the same
 * weights; queries, keys and values lie head by head.
 */
final class TextAttention {
    private static final double EPSILON = 1e-5;

    private final GroupNorm norm;
    private final Linear qkv;
    private final Linear textKv;
    private final Linear out;
    private final int heads;

    TextAttention(Parameters parameters, String prefix) {
        norm = GroupNorm.of(parameters, prefix + ".norm", GlideConfig.GROUPS, EPSILON);
        qkv = Linear.of(parameters, prefix + ".qkv");
        textKv = Linear.of(parameters, prefix + ".encoder_kv");
        out = Linear.of(parameters, prefix + ".proj_out");
        heads = heads(parameters.get(prefix + ".norm.weight").getShape().get(0));
    }

    private static int heads(long width) {
        return Math.toIntExact(width / GlideConfig.HEAD_WIDTH);
    }

    /** x (B, C, H, W), text (B, S, D); result (B, C, H, W). */
    NDArray forward(NDArray x, NDArray text) {
        return Scopes.result(() -> {
            Shape shape = x.getShape();
            long positions = shape.get(2) * shape.get(3);
            NDArray rows = norm.forward(x).reshape(shape.get(0), shape.get(1), positions).transpose(0, 2, 1); // (B, T, C)
            NDArray seen = NativeOps.attentionByHead(qkv.forward(rows), textKv.forward(text), heads);         // (B, T, C)
            return x.add(out.forward(seen).transpose(0, 2, 1).reshape(shape));
        });
    }

    static void shapes(Map<String, Shape> shapes, String prefix, long channels, long text) {
        GroupNorm.shapes(shapes, prefix + ".norm", channels);
        point(shapes, prefix + ".qkv", channels, 3 * channels);
        point(shapes, prefix + ".encoder_kv", text, 2 * channels);
        point(shapes, prefix + ".proj_out", channels, channels);
    }

    /** A convolution over one position, as the published files store it. */
    private static void point(Map<String, Shape> shapes, String prefix, long in, long out) {
        shapes.put(prefix + ".weight", new Shape(out, in, 1));
        shapes.put(prefix + ".bias", new Shape(out));
    }

    /** The shape as the layers hold it: (out, in) of a published (out, in, 1). */
    static Shape asLinear(Shape shape) {
        return shape.dimension() == 3 && shape.get(2) == 1 ? new Shape(shape.get(0), shape.get(1)) : shape;
    }
}
