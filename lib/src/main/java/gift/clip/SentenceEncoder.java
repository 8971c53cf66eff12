package gift.clip;

import ai.djl.ndarray.NDArray;
import gift.tensor.Chain;

/**
 * Texts to features, one for each text: the text half of a {@link Clip}. (Stable Diffusion's text encoder, which gives a
 * state for each token, is another class.)
 */
public interface SentenceEncoder {
    /** The longest row of tokens. */
    int contextLength();

    /** D, width of a feature. */
    int dimension();

    /**
     * What {@link #chain(TokenRows.OnDevice)} takes of texts; touches no array of the engine, and may be called by any thread.
     *
     * @param tokens N rows of equal length, at most the context length
     * @param cut whether rows are cut after the longest end token; the result is the same
     */
    TokenRows rows(long[][] tokens, boolean cut);

    /** Texts to features (N, D), not yet of unit length, block by block. The rows must stay open until backward. */
    Chain chain(TokenRows.OnDevice rows);

    /**
     * The same of rows that are cut, with learned vectors in place of the embeddings of the tokens 1 .. M, which follow the start token: prompt
     * learning (CoOp, Zhou et al. 2022). The vectors may be trained.
     *
     * @param tokens N rows, with any numbers below that of the end token at the places 1 .. M
     * @param context (M, W), W the width of the tower
     */
    Chain chain(long[][] tokens, NDArray context);

    /** Features (N, D) of rows that are cut. */
    NDArray encode(long[][] tokens);
}
