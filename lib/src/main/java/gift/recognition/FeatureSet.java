package gift.recognition;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Features of images with their labels, in Java's memory.
 *
 * @param values row by row, (N, D) flat
 * @param labels N class numbers
 * @param width D
 */
public record FeatureSet(float[] values, int[] labels, int width) {
    public FeatureSet {
        if (values.length != labels.length * width) {
            throw new IllegalArgumentException(values.length + " values are not " + labels.length + " rows of " + width);
        }
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /** The images of the given numbers, in that order. */
    public FeatureSet subset(int[] images) {
        float[] rows = new float[images.length * width];
        for (int i = 0; i < images.length; i++) {
            System.arraycopy(values, images[i] * width, rows, i * width, width);
        }
        return new FeatureSet(rows, Arrays.stream(images).map(i -> labels[i]).toArray(), width);
    }

    /** The images whose number passes, in their order. */
    public FeatureSet where(IntPredicate which) {
        return subset(IntStream.range(0, size()).filter(which).toArray());
    }
}
