package gift.continual;

/**
 * The images that one task is trained on, as batches that depend on the iteration alone.
 *
 * <p>Implementations are called from several threads, ahead of the training, and touch no array of the engine.
 */
public interface TaskBatches {
    /**
     * @param images B images (3, R, R), normalized, one after the other
     * @param labels B class numbers
     */
    record Batch(float[] images, long[] labels) {}

    /** The batch of an iteration; the same whenever it is asked for. */
    Batch batch(int iteration);

    /** Token rows of the class prompts that compete in an iteration, in the order of the class numbers. */
    long[][] classTokens(int iteration);
}
