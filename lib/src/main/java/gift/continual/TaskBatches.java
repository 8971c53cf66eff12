package gift.continual;

import gift.tensor.HostImages;

/**
 * The images that one task is trained on, as batches that depend on the iteration alone.
 *
 * <p>Implementations are called from several threads, ahead of the training, and touch no array of the engine.
 */
public interface TaskBatches {
    /**
     * @param pixels B images
     * @param labels B class numbers
     */
    record Batch(HostImages pixels, long[] labels) {
        /** @param images B images (3, R, R), normalized, one after the other */
        public Batch(float[] images, long[] labels) {
            this(HostImages.ofValues(images, labels.length), labels);
        }

        /** The images (3, R, R), normalized, one after the other. */
        public float[] images() {
            return pixels.values();
        }
    }

    /** The batch of an iteration; the same whenever it is asked for. */
    Batch batch(int iteration);

    /** Token rows of the class prompts that compete in an iteration, in the order of the class numbers. */
    long[][] classTokens(int iteration);
}
