package gift.nn;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;

/**
 * CLIP's residual attention block: x + attention(norm(x)), then x + mlp(norm(x)).
 *
 * <p>Tensors under the prefix: ln_1, attn.in_proj_weight (3 W, W), attn.in_proj_bias (3 W), attn.out_proj, ln_2,
 * mlp.c_fc (4 W, W), mlp.c_proj (W, 4 W).
 */
public final class TransformerBlock {
    private final LayerNorm norm1;
    private final NDArray qkvWeight;
    private final NDArray qkvBias;
    private final Linear out;
    private final LayerNorm norm2;
    private final Linear widen;
    private final Linear narrow;
    private final int heads;
    private final boolean causal;
    private final Activation activation;

    private TransformerBlock(Parameters parameters, String prefix, int heads, boolean causal, Activation activation) {
        norm1 = LayerNorm.of(parameters, prefix + ".ln_1");
        qkvWeight = parameters.get(prefix + ".attn.in_proj_weight");
        qkvBias = parameters.get(prefix + ".attn.in_proj_bias");
        out = Linear.of(parameters, prefix + ".attn.out_proj");
        norm2 = LayerNorm.of(parameters, prefix + ".ln_2");
        widen = Linear.of(parameters, prefix + ".mlp.c_fc");
        narrow = Linear.of(parameters, prefix + ".mlp.c_proj");
        this.heads = heads;
        this.causal = causal;
        this.activation = activation;
    }

    /** @param causal whether a position sees only itself and those before it */
    public static TransformerBlock of(
            Parameters parameters, String prefix, int heads, boolean causal, Activation activation) {
        return new TransformerBlock(parameters, prefix, heads, causal, activation);
    }

    /** x (B, T, W), same shape out. */
    public NDArray forward(NDArray x) {
        NDArray qkv = Functions.linear(norm1.forward(x), qkvWeight, qkvBias);           // (B, T, 3 W)
        x = x.add(out.forward(NativeOps.selfAttention(qkv, heads, causal)));            // (B, T, W)
        return x.add(narrow.forward(activation.of(widen.forward(norm2.forward(x)))));   // (B, T, W)
    }
}
