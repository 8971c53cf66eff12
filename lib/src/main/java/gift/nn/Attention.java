package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.NativeOps;
import gift.tensor.OneDnn;
import gift.tensor.Parameters;
import java.util.Map;

/**
 * Attention of several heads with one projection each for queries, keys, values and the result.
 *
 * <p>softmax(Q K^T / sqrt(d)) V, head by head, with Q = x W_q, K = c W_k, V = c W_v of a context c, which is x itself
 * in self-attention.
 */
public final class Attention {
    /** What the four projections are called. */
    public record Names(String query, String key, String value, String out) {
        /** In diffusers. */
        public static final Names DIFFUSERS = new Names("to_q", "to_k", "to_v", "to_out.0");
        /** In transformers. */
        public static final Names TRANSFORMERS = new Names("q_proj", "k_proj", "v_proj", "out_proj");
    }

    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear out;
    private final Parameters model;
    private final int heads;
    private final boolean causal;

    private Attention(Parameters parameters, String prefix, Names names, int heads, boolean causal) {
        query = Linear.of(parameters, prefix + "." + names.query);
        key = Linear.of(parameters, prefix + "." + names.key);
        value = Linear.of(parameters, prefix + "." + names.value);
        out = Linear.of(parameters, prefix + "." + names.out);
        model = parameters;
        this.heads = heads;
        this.causal = causal;
    }

    /**
     * @param heads number of heads; the width is a multiple of it
     * @param causal whether a position sees only itself and those before it
     */
    public static Attention of(Parameters parameters, String prefix, Names names, int heads, boolean causal) {
        return new Attention(parameters, prefix, names, heads, causal);
    }

    /**
     * Adds the names and shapes of a layer's tensors.
     *
     * @param context width of the context
     * @param bias whether queries, keys and values have a bias; the result always has one
     */
    public static void shapes(
            Map<String, Shape> shapes, String prefix, Names names, long width, long context, boolean bias) {
        Linear.shapes(shapes, prefix + "." + names.query, width, width, bias);
        Linear.shapes(shapes, prefix + "." + names.key, context, width, bias);
        Linear.shapes(shapes, prefix + "." + names.value, context, width, bias);
        Linear.shapes(shapes, prefix + "." + names.out, width, width, true);
    }

    /** Self-attention: x (B, T, W), same shape out. */
    public NDArray forward(NDArray x) {
        return forward(x, x);
    }

    /** x (B, T, W) looks at context (B, S, C); result (B, T, W). */
    public NDArray forward(NDArray x, NDArray context) {
        NDArray q = query.forward(x);                                       // (B, T, W)
        NDArray k = key.forward(context);                                   // (B, S, W)
        NDArray v = value.forward(context);                                 // (B, S, W)
        NDArray seen = causal ? null : OneDnn.attention(model, q, k, v, heads);
        return out.forward(seen != null ? seen : NativeOps.attention(q, k, v, heads, causal)); // (B, T, W)
    }
}
