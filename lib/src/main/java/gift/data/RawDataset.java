package gift.data;

import gift.image.Image;
import java.util.List;

/**
 * Images of one size that lie in memory as they lie in their file: one byte a value, plane after plane. Of one plane,
 * {@link #image} repeats grey on R, G and B; three planes are R, G and B.
 */
public final class RawDataset extends LabelledDataset {
    private final String file;
    private final int width;
    private final int height;
    private final int planes;
    private final byte[] values;

    /**
     * @param file where the images come from; image {@code i} has the source {@code file#i}
     * @param planes 1 or 3
     * @param values {@code (labels.length, planes, height, width)}; not copied
     * @throws IllegalArgumentException if the number of values does not fit
     */
    public RawDataset(String name, List<String> classNames, int[] labels, String file, int width, int height, int planes,
            byte[] values) {
        super(name, classNames, labels);
        if (values.length != (long) labels.length * planes * height * width) {
            throw new IllegalArgumentException(name + ": " + values.length + " values for " + labels.length
                    + " images of " + planes + " x " + height + " x " + width);
        }
        this.file = file;
        this.width = width;
        this.height = height;
        this.planes = planes;
        this.values = values;
    }

    @Override
    public Image image(int i) {
        int area = width * height;
        int start = i * planes * area;
        byte[] rgb = new byte[3 * area];
        for (int p = 0; p < area; p++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * p + c] = values[start + c % planes * area + p];
            }
        }
        return new Image(width, height, rgb);
    }

    @Override
    public String source(int i) {
        return file + "#" + i;
    }
}
