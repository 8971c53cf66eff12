package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Attention;
import gift.nn.GroupNorm;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.Map;

/** The autoencoder's attention over all positions of an image, with one head: x + attention(norm(x)). */
final class ImageAttention {
    private final GroupNorm norm;
    private final Attention attention;

    ImageAttention(Parameters parameters, String prefix, int groups, double epsilon) {
        norm = GroupNorm.of(parameters, prefix + ".group_norm", groups, epsilon);
        attention = Attention.of(parameters, prefix, Attention.Names.DIFFUSERS, 1, false);
    }

    /** x (B, C, H, W), same shape out. */
    NDArray forward(NDArray x) {
        return Scopes.result(() -> {
            Shape shape = x.getShape();
            NDArray rows = norm.forward(x).reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);  // (B, H W, C)
            return attention.forward(rows).transpose(0, 2, 1).reshape(shape).add(x);                    // (B, C, H, W)
        });
    }

    static void shapes(Map<String, Shape> shapes, String prefix, int channels) {
        GroupNorm.shapes(shapes, prefix + ".group_norm", channels);
        Attention.shapes(shapes, prefix, Attention.Names.DIFFUSERS, channels, channels, true);
    }
}
