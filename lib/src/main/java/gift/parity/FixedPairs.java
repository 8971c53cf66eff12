package gift.parity;

import gift.continual.ReferencePairs;
import java.util.Arrays;

/** Reference images in file order, cycling. */
final class FixedPairs implements ReferencePairs {
    private final float[] images;
    private final int size;
    private final long[] textOf; // empty where images have no texts of their own
    private final long[][] texts;
    private final int batch;

    /**
     * @param images (size, 3, R, R), flat
     * @param textOf the text of each image
     * @param texts token rows
     * @param batch images of an update
     */
    FixedPairs(float[] images, int size, long[] textOf, long[][] texts, int batch) {
        this.images = images;
        this.size = size;
        this.textOf = textOf;
        this.texts = texts;
        this.batch = batch;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean fixed() {
        return true;
    }

    @Override
    public float[] image(int i, int iteration) {
        int values = images.length / size;
        return Arrays.copyOfRange(images, i * values, (i + 1) * values);
    }

    @Override
    public long[][] texts() {
        return texts;
    }

    @Override
    public int text(int i) {
        return (int) textOf[i];
    }

    @Override
    public int[] batch(int iteration) {
        int[] numbers = new int[batch];
        for (int i = 0; i < batch; i++) {
            numbers[i] = (iteration * batch + i) % size;
        }
        return numbers;
    }
}
