package gift.eval;

/**
 * A share of images and its 95 % interval by Wilson (1927). With p = right / count, n = count, z = 1.959964:
 *
 * <pre>
 * centre = (p + z^2 / 2n) / (1 + z^2 / n)
 * half   = z / (1 + z^2 / n) * sqrt(p (1 - p) / n + z^2 / 4n^2)
 * </pre>
 *
 * <p>Unlike the normal interval p +- z sqrt(p (1 - p) / n) it stays within 0 and 1, and has a width where all or none are
 * right. It is about the images that were drawn for a test set, not about seeds of the training ({@link Interval}).
 *
 * @param right images that were given their class
 * @param count all images, at least 1
 */
public record Proportion(int right, int count) {
    private static final double Z = 1.959963984540054; // of the normal distribution, 2.5 % above it

    public Proportion {
        if (count < 1 || right < 0 || right > count) {
            throw new IllegalArgumentException(right + " of " + count + " images");
        }
    }

    /** Of a confusion matrix: those on its diagonal. */
    public static Proportion of(ConfusionMatrix confusion) {
        int right = 0;
        int count = 0;
        for (int c = 0; c < confusion.classNames().size(); c++) {
            right += confusion.right(c);
            count += confusion.images(c);
        }
        return new Proportion(right, count);
    }

    /** Percent. */
    public double percent() {
        return 100.0 * right / count;
    }

    /** Lower end, percent. */
    public double low() {
        return right == 0 ? 0 : 100 * (centre() - half());
    }

    /** Upper end, percent. */
    public double high() {
        return right == count ? 100 : 100 * (centre() + half());
    }

    private double centre() {
        return (right + Z * Z / 2) / (count + Z * Z);
    }

    private double half() {
        double p = (double) right / count;
        return Z / (1 + Z * Z / count) * Math.sqrt(p * (1 - p) / count + Z * Z / (4.0 * count * count));
    }
}
