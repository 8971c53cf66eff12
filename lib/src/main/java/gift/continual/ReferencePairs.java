package gift.continual;

/**
 * A fixed set of picture-text pairs on which a method distils, and the order in which they are drawn.
 *
 * <p>Implementations are called from several threads, ahead of the training, and touch no array of the engine.
 */
public interface ReferencePairs {
    /** The number of pairs. */
    int size();

    /** Picture (3, R, R) of pair i, normalized. */
    float[] picture(int i);

    /** The distinct texts, as token rows. */
    long[][] texts();

    /** Which text belongs to pair i. */
    int text(int i);

    /** The pairs of an iteration; the same whenever it is asked for. */
    int[] batch(int iteration);
}
