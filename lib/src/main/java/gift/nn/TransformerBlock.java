package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * CLIP's residual attention block: x + attention(norm(x)), then x + mlp(norm(x)).
 *
 * <p>Tensors under the prefix, in OpenAI's files: ln_1, attn.in_proj_weight (3 W, W), attn.in_proj_bias (3 W),
 * attn.out_proj, ln_2, mlp.c_fc (4 W, W), mlp.c_proj (W, 4 W). In transformers' files, where queries, keys and values
 * have a projection each: layer_norm1, self_attn.{q,k,v,out}_proj, layer_norm2, mlp.fc1, mlp.fc2.
 */
public final class TransformerBlock {
    private final LayerNorm norm1;
    private final UnaryOperator<NDArray> attention;
    private final PackedAttention packed; // the same, or null under transformers' names
    private final LayerNorm norm2;
    private final Linear widen;
    private final Linear narrow;
    private final Activation activation;

    private TransformerBlock(LayerNorm norm1, UnaryOperator<NDArray> attention, PackedAttention packed, LayerNorm norm2,
            Linear widen, Linear narrow, Activation activation) {
        this.norm1 = norm1;
        this.attention = attention;
        this.packed = packed;
        this.norm2 = norm2;
        this.widen = widen;
        this.narrow = narrow;
        this.activation = activation;
    }

    /**
     * The block of these tensors under OpenAI's names.
     *
     * @param causal whether a position sees only itself and those before it
     */
    public static TransformerBlock of(
            Parameters parameters, String prefix, int heads, boolean causal, Activation activation) {
        PackedAttention attention = PackedAttention.of(parameters, prefix + ".attn", heads, causal);
        return new TransformerBlock(LayerNorm.of(parameters, prefix + ".ln_1"), attention::forward, attention,
                LayerNorm.of(parameters, prefix + ".ln_2"), Linear.of(parameters, prefix + ".mlp.c_fc"),
                Linear.of(parameters, prefix + ".mlp.c_proj"), activation);
    }

    /** The block of these tensors under transformers' names, otherwise as {@link #of}. */
    public static TransformerBlock ofTransformers(
            Parameters parameters, String prefix, int heads, boolean causal, Activation activation) {
        Attention attention = Attention.of(
                parameters, prefix + ".self_attn", Attention.Names.TRANSFORMERS, heads, causal);
        return new TransformerBlock(LayerNorm.of(parameters, prefix + ".layer_norm1"), attention::forward, null,
                LayerNorm.of(parameters, prefix + ".layer_norm2"), Linear.of(parameters, prefix + ".mlp.fc1"),
                Linear.of(parameters, prefix + ".mlp.fc2"), activation);
    }

    /** Adds the names, those of transformers, and shapes of a block's tensors. */
    public static void transformersShapes(Map<String, Shape> shapes, String prefix, long width, long hidden) {
        Attention.shapes(shapes, prefix + ".self_attn", Attention.Names.TRANSFORMERS, width, width, true);
        LayerNorm.shapes(shapes, prefix + ".layer_norm1", width);
        Linear.shapes(shapes, prefix + ".mlp.fc1", width, hidden, true);
        Linear.shapes(shapes, prefix + ".mlp.fc2", hidden, width, true);
        LayerNorm.shapes(shapes, prefix + ".layer_norm2", width);
    }

    /** x (B, T, W), same shape out. */
    public NDArray forward(NDArray x) {
        return feedForward(x.add(attention.apply(norm1.forward(x))));                   // (B, T, W)
    }

    /** What {@link #forward(NDArray)}, not causal, gives at the first position alone: x (B, T, W) to (B, W). */
    public NDArray first(NDArray x) {
        return feedForward(x.get(":, 0").add(packed.first(norm1.forward(x))));
    }

    /** Causal, of packed sequences: x (M, W), same shape out. */
    public NDArray forward(NDArray x, Packing packing) {
        return feedForward(x.add(packed.forward(norm1.forward(x), packing)));
    }

    /** The same at the last token of each sequence alone: x (M, W) to (N, W). */
    public NDArray last(NDArray x, Packing packing) {
        return feedForward(NativeOps.rows(x, packing.last()).add(packed.last(norm1.forward(x), packing)));
    }

    private NDArray feedForward(NDArray x) {
        return x.add(narrow.forward(activation.of(widen.forward(norm2.forward(x)))));   // (..., W)
    }
}
