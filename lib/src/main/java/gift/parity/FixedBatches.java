package gift.parity;

import gift.continual.TaskBatches;
import java.util.Arrays;

/** A task's images in file order, cycling. */
final class FixedBatches implements TaskBatches {
    private final float[] images;
    private final long[] labels;
    private final long[][] tokens;
    private final int size;

    /**
     * @param images (N, 3, R, R), flat
     * @param labels (N)
     * @param tokens of the classes
     * @param size images of a batch
     */
    FixedBatches(float[] images, long[] labels, long[][] tokens, int size) {
        this.images = images;
        this.labels = labels;
        this.tokens = tokens;
        this.size = size;
    }

    @Override
    public Batch batch(int iteration) {
        int from = iteration * size % labels.length;
        int values = images.length / labels.length;
        return new Batch(Arrays.copyOfRange(images, from * values, (from + size) * values),
                Arrays.copyOfRange(labels, from, from + size));
    }

    @Override
    public long[][] classTokens(int iteration) {
        return tokens;
    }
}
