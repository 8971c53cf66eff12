package gift.tensor;

import ai.djl.ndarray.NDArray;

/** Attention where not every token of every sequence is computed ({@link Kernel#NEEDED_TOKENS}). */
public final class PackedOps {
    private PackedOps() {}

    /**
     * Causal self-attention of N sequences of at most T tokens that are made of M tokens: those that several sequences begin
     * with are there once.
     *
     * @param qkv (M, 3 W): queries, keys and values side by side
     * @param rows (N, T), int64: which of the M tokens stands where; any after the end of a sequence
     * @param first (M), int64: where each token stands in one of its sequences, n T + t
     * @param heads number of heads; W is a multiple of it
     * @return (M, W)
     */
    public static NDArray attention(NDArray qkv, NDArray rows, NDArray first, int heads) {
        return NativeOps.call("packed_attention", qkv, rows, first, NativeOps.scalar(heads));
    }

    /**
     * Attention of one token of each of N sequences to the tokens of its sequence.
     *
     * @param q (N, W)
     * @param kv (M, 2 W): keys and values side by side
     * @param rows (N, T) as for {@link #attention}
     * @param seen (N, T), int64: 1 where a token is seen, else 0
     * @return (N, W)
     */
    public static NDArray attentionOfOne(NDArray q, NDArray kv, NDArray rows, NDArray seen, int heads) {
        return NativeOps.call("packed_attention_of_one", q, kv, rows, seen, NativeOps.scalar(heads));
    }

    /**
     * Attention of one token of each sequence to all of them.
     *
     * @param q (B, W)
     * @param kv (B, T, 2 W): keys and values side by side
     * @return (B, W)
     */
    public static NDArray attentionOfOne(NDArray q, NDArray kv, int heads) {
        return NativeOps.call("attention_of_one", q, kv, NativeOps.scalar(heads));
    }
}
