package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Attention;
import gift.nn.LayerNorm;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.Map;

/**
 * Each position looks at all positions, then at the text, then passes through a feed-forward layer: x + attention(norm(x)), then
 * x + attention(norm(x), context), then x + narrow(geglu(norm(x))).
 *
 * <p>geglu(x) = a GELU(b) with the halves a, b of W x.
 */
final class BasicTransformerBlock {
    private final LayerNorm norm1;
    private final Attention selfAttention;
    private final LayerNorm norm2;
    private final Attention crossAttention;
    private final LayerNorm norm3;
    private final Linear widen;
    private final Linear narrow;

    BasicTransformerBlock(Parameters parameters, String prefix, int heads) {
        norm1 = LayerNorm.of(parameters, prefix + ".norm1");
        selfAttention = Attention.of(parameters, prefix + ".attn1", Attention.Names.DIFFUSERS, heads, false);
        norm2 = LayerNorm.of(parameters, prefix + ".norm2");
        crossAttention = Attention.of(parameters, prefix + ".attn2", Attention.Names.DIFFUSERS, heads, false);
        norm3 = LayerNorm.of(parameters, prefix + ".norm3");
        widen = Linear.of(parameters, prefix + ".ff.net.0.proj");
        narrow = Linear.of(parameters, prefix + ".ff.net.2");
    }

    /** x (B, T, C), context (B, S, D); result (B, T, C). */
    NDArray forward(NDArray x, NDArray context) {
        NDArray seen = Scopes.result(() -> x.add(selfAttention.forward(norm1.forward(x))));
        NDArray read = Scopes.result(() -> seen.add(crossAttention.forward(norm2.forward(seen), context)));
        return Scopes.result(() -> {
            NDArray wide = NativeOps.geglu(widen.forward(norm3.forward(read)));         // (B, T, 8 C) to (B, T, 4 C)
            return read.add(narrow.forward(wide));
        });
    }

    static void shapes(Map<String, Shape> shapes, String prefix, int channels, int context) {
        LayerNorm.shapes(shapes, prefix + ".norm1", channels);
        Attention.shapes(shapes, prefix + ".attn1", Attention.Names.DIFFUSERS, channels, channels, false);
        LayerNorm.shapes(shapes, prefix + ".norm2", channels);
        Attention.shapes(shapes, prefix + ".attn2", Attention.Names.DIFFUSERS, channels, context, false);
        LayerNorm.shapes(shapes, prefix + ".norm3", channels);
        Linear.shapes(shapes, prefix + ".ff.net.0.proj", channels, 8L * channels, true);
        Linear.shapes(shapes, prefix + ".ff.net.2", 4L * channels, channels, true);
    }
}
