package gift.data;

import gift.io.Picture;
import java.util.List;

/** Grey pictures of one size that lie in memory, one byte a pixel; {@link #picture} repeats grey on R, G and B. */
public final class GreyDataset implements ImageDataset {
    private final String name;
    private final List<String> classNames;
    private final String file;
    private final int width;
    private final int height;
    private final byte[] pixels;
    private final byte[] labels;

    /**
     * @param file where the pictures come from; picture {@code i} has the source {@code file#i}
     * @param pixels picture after picture, row by row: {@code (labels.length, height, width)}; not copied
     * @param labels one unsigned byte a picture; not copied
     * @throws IllegalArgumentException if the number of pixels does not fit
     */
    GreyDataset(
            String name, List<String> classNames, String file, int width, int height, byte[] pixels, byte[] labels) {
        if (pixels.length != (long) labels.length * width * height) {
            throw new IllegalArgumentException(name + ": " + pixels.length + " pixels for " + labels.length
                    + " pictures of " + width + " x " + height);
        }
        this.name = name;
        this.classNames = List.copyOf(classNames);
        this.file = file;
        this.width = width;
        this.height = height;
        this.pixels = pixels;
        this.labels = labels;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int label(int i) {
        return labels[i] & 0xff;
    }

    @Override
    public Picture picture(int i) {
        int area = width * height;
        byte[] rgb = new byte[3 * area];
        for (int p = 0; p < area; p++) {
            byte grey = pixels[i * area + p];
            rgb[3 * p] = grey;
            rgb[3 * p + 1] = grey;
            rgb[3 * p + 2] = grey;
        }
        return new Picture(width, height, rgb);
    }

    @Override
    public String source(int i) {
        return file + "#" + i;
    }
}
