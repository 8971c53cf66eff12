package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.nn.GroupNorm;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import java.util.Map;

/**
 * Two convolutions around a shortcut, where the time's embedding scales and shifts what is normalized between them:
 * <pre>
 *   h = conv(resize(silu(norm(x))))
 *   y = shortcut(resize(x)) + conv(silu(norm(h) (1 + scale) + shift))
 * </pre>
 * Some blocks resize, to half or twice the size. ResBlock of {@code glide_text2im/unet.py} with scale-shift normalization.
 */
final class ScaleShiftBlock {
    /** What a block does to the size of its images. */
    enum Resize { NONE, HALF, TWICE }

    private static final double EPSILON = 1e-5;

    private final Resize resize;
    private final GroupNorm norm1;
    private final Conv2d conv1;
    private final Linear timeProjection;
    private final GroupNorm norm2;
    private final Conv2d conv2;
    private final Conv2d shortcut;      // null where in = out
    private final Precision precision;

    ScaleShiftBlock(Parameters parameters, String prefix, Resize resize) {
        this.resize = resize;
        norm1 = GroupNorm.of(parameters, prefix + ".in_layers.0", GlideConfig.GROUPS, EPSILON);
        conv1 = Conv2d.of(parameters, prefix + ".in_layers.2", 1, 1);
        timeProjection = Linear.of(parameters, prefix + ".emb_layers.1");
        norm2 = GroupNorm.of(parameters, prefix + ".out_layers.0", GlideConfig.GROUPS, EPSILON);
        conv2 = Conv2d.of(parameters, prefix + ".out_layers.3", 1, 1);
        shortcut = parameters.has(prefix + ".skip_connection.weight")
                ? Conv2d.of(parameters, prefix + ".skip_connection", 1, 0) : null;
        precision = parameters.precision();
    }

    /** x (B, in, H, W), time (B, E); result (B, out, H, W), or of half or twice the size. */
    NDArray forward(NDArray x, NDArray time) {
        return Scopes.result(() -> {
            NDArray h = conv1.forward(resized(NativeOps.silu(norm1.forward(x))));       // (B, out, H, W)
            NDArray t = precision.widen(timeProjection.forward(NativeOps.silu(time)));  // (B, 2 out)
            NDList scaleAndShift = t.expandDims(2).expandDims(3).split(2, 1);           // (B, out, 1, 1) each, spread
            h = norm2.forward(h).mul(Scalars.add(scaleAndShift.get(0), 1)).add(scaleAndShift.get(1));
            h = conv2.forward(NativeOps.silu(h));                                       // (B, out, H, W)
            NDArray side = resized(x);
            return h.add(shortcut == null ? side : shortcut.forward(side));
        });
    }

    private NDArray resized(NDArray x) {
        Shape shape = x.getShape();
        return switch (resize) {
            case NONE -> x;
            case HALF -> NativeOps.halve(x);
            case TWICE -> NativeOps.upsampleNearest(x, 2 * shape.get(2), 2 * shape.get(3));
        };
    }

    static void shapes(Map<String, Shape> shapes, String prefix, int in, int out, int time) {
        GroupNorm.shapes(shapes, prefix + ".in_layers.0", in);
        Conv2d.shapes(shapes, prefix + ".in_layers.2", in, out, 3);
        Linear.shapes(shapes, prefix + ".emb_layers.1", time, 2L * out, true);
        GroupNorm.shapes(shapes, prefix + ".out_layers.0", out);
        Conv2d.shapes(shapes, prefix + ".out_layers.3", out, out, 3);
        if (in != out) {
            Conv2d.shapes(shapes, prefix + ".skip_connection", in, out, 1);
        }
    }
}
