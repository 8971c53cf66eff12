package gift.nn;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.PackedOps;
import gift.tensor.Parameters;

/**
 * Self-attention of several heads whose queries, keys and values have one matrix, as in OpenAI's CLIP: the tensors
 * in_proj_weight (3 W, W), in_proj_bias (3 W) and out_proj under a prefix. For low-rank weights the layers are called q_proj,
 * k_proj, v_proj and out_proj.
 */
public final class PackedAttention {
    private final PackedLinear packed;
    private final Linear out;
    private final int heads;
    private final boolean causal;

    private PackedAttention(Parameters parameters, String prefix, int heads, boolean causal) {
        packed = PackedLinear.of(parameters, prefix);
        out = Linear.of(parameters, prefix + ".out_proj");
        this.heads = heads;
        this.causal = causal;
    }

    /**
     * @param heads number of heads; W is a multiple of it
     * @param causal whether a position sees only itself and those before it
     */
    public static PackedAttention of(Parameters parameters, String prefix, int heads, boolean causal) {
        return new PackedAttention(parameters, prefix, heads, causal);
    }

    /** x (B, T, W), same shape out. */
    public NDArray forward(NDArray x) {
        return out.forward(NativeOps.selfAttention(packed.forward(x), heads, causal));
    }

    /** What {@link #forward(NDArray)} without a mask gives at the first position alone: x (B, T, W) to (B, W). */
    NDArray first(NDArray x) {
        NDArray q = packed.queries(x.get(":, 0"));                                      // (B, W)
        return out.forward(PackedOps.attentionOfOne(q, packed.keysAndValues(x), heads));
    }

    /** Causal attention of packed sequences: x (M, W), same shape out. */
    NDArray forward(NDArray x, Packing packing) {
        return out.forward(PackedOps.attention(packed.forward(x), packing.rows(), packing.first(), heads));
    }

    /** The same at the last token of each sequence alone: x (M, W) to (N, W). */
    NDArray last(NDArray x, Packing packing) {
        NDArray q = packed.queries(NativeOps.rows(x, packing.last()));                  // (N, W)
        return out.forward(PackedOps.attentionOfOne(q, packed.keysAndValues(x), packing.rows(), packing.seen(), heads));
    }
}
