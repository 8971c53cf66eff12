package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.nn.GroupNorm;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.Map;

/**
 * Two convolutions around a shortcut: x + conv(silu(norm(conv(silu(norm(x))) + time))).
 *
 * <p>The time's embedding, projected, is added to every position between the two; the autoencoder has no time. The
 * shortcut is a 1x1 convolution where the number of channels changes. ResnetBlock2D in diffusers.
 */
final class ResnetBlock {
    private final GroupNorm norm1;
    private final Conv2d conv1;
    private final Linear timeProjection;    // null in the autoencoder
    private final GroupNorm norm2;
    private final Conv2d conv2;
    private final Conv2d shortcut;          // null where in = out

    ResnetBlock(Parameters parameters, String prefix, int groups, double epsilon) {
        norm1 = GroupNorm.of(parameters, prefix + ".norm1", groups, epsilon);
        conv1 = Conv2d.of(parameters, prefix + ".conv1", 1, 1);
        timeProjection = parameters.has(prefix + ".time_emb_proj.weight")
                ? Linear.of(parameters, prefix + ".time_emb_proj") : null;
        norm2 = GroupNorm.of(parameters, prefix + ".norm2", groups, epsilon);
        conv2 = Conv2d.of(parameters, prefix + ".conv2", 1, 1);
        shortcut = parameters.has(prefix + ".conv_shortcut.weight")
                ? Conv2d.of(parameters, prefix + ".conv_shortcut", 1, 0) : null;
    }

    /** x (B, in, H, W), time (B, E) or null; result (B, out, H, W). */
    NDArray forward(NDArray x, NDArray time) {
        return Scopes.result(() -> {
            NDArray h = conv1.forward(NativeOps.silu(norm1.forward(x)));                // (B, out, H, W)
            if (timeProjection != null) {
                NDArray t = timeProjection.forward(NativeOps.silu(time));               // (B, out)
                h = h.add(t.expandDims(2).expandDims(3));                               // (B, out, 1, 1) spreads
            }
            h = conv2.forward(NativeOps.silu(norm2.forward(h)));                        // (B, out, H, W)
            return h.add(shortcut == null ? x : shortcut.forward(x));
        });
    }

    /** @param time width of the time's embedding, 0 for none */
    static void shapes(Map<String, Shape> shapes, String prefix, int in, int out, int time) {
        GroupNorm.shapes(shapes, prefix + ".norm1", in);
        Conv2d.shapes(shapes, prefix + ".conv1", in, out, 3);
        if (time > 0) {
            Linear.shapes(shapes, prefix + ".time_emb_proj", time, out, true);
        }
        GroupNorm.shapes(shapes, prefix + ".norm2", out);
        Conv2d.shapes(shapes, prefix + ".conv2", out, out, 3);
        if (in != out) {
            Conv2d.shapes(shapes, prefix + ".conv_shortcut", in, out, 1);
        }
    }
}
