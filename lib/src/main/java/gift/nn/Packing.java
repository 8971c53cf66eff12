package gift.nn;

import ai.djl.ndarray.NDArray;

/**
 * N sequences of at most T tokens that are made of M tokens, since what several of them begin with is there once. Where a
 * token sees only those before it, its state is the same in all of them.
 *
 * @param first (M), int64: where each token stands in one of its sequences, n T + t
 * @param last (N), int64: the last token of each sequence
 * @param rows (N, T), int64: which of the M tokens stands where; any after the end of a sequence
 * @param seen (N, T), int64: 1 up to the last token, then 0
 */
public record Packing(NDArray first, NDArray last, NDArray rows, NDArray seen) {}
