package gift.image.augment;

import gift.image.Image;

/** Moves of pixels as torchvision makes them on images of the Python Imaging Library; what comes from outside is black. */
public final class Geometry {
    private static final int ONE = 1 << 16;

    private Geometry() {}

    /** Left and right exchanged. */
    public static Image flip(Image image) {
        int w = image.width();
        byte[] rgb = image.rgb();
        byte[] flipped = new byte[rgb.length];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < w; x++) {
                System.arraycopy(rgb, 3 * (y * w + x), flipped, 3 * (y * w + w - 1 - x), 3);
            }
        }
        return new Image(w, image.height(), flipped);
    }

    /** Rows moved left in proportion to their distance from the upper border. */
    public static Image shearX(Image image, double slope) {
        return affine(image, 1, slope, 0, 0, 1, 0);
    }

    /** Columns moved up in proportion to their distance from the left border. */
    public static Image shearY(Image image, double slope) {
        return affine(image, 1, 0, 0, slope, 1, 0);
    }

    /** So many whole pixels to the right and down. */
    public static Image translate(Image image, int right, int down) {
        return affine(image, 1, 0, -right, 0, 1, -down);
    }

    /** Turned round the middle, counterclockwise. */
    public static Image rotate(Image image, double degrees) {
        double angle = -Math.toRadians(degrees);
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double x = image.width() / 2.0;
        double y = image.height() / 2.0;
        return affine(image, cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
    }

    /**
     * Pixel (x, y) comes from (a x + b y + c, d x + e y + f), of the pixels' centres, the nearest; with whole numbers of
     * 2^-16, as the library steps along a row.
     */
    private static Image affine(Image image, double a, double b, double c, double d, double e, double f) {
        int w = image.width();
        int h = image.height();
        byte[] rgb = image.rgb();
        byte[] moved = new byte[rgb.length];
        long rowX = fixed(c + a * 0.5 + b * 0.5);
        long rowY = fixed(f + d * 0.5 + e * 0.5);
        for (int y = 0; y < h; y++) {
            long sourceX = rowX;
            long sourceY = rowY;
            for (int x = 0; x < w; x++) {
                long column = sourceX >> 16;
                long row = sourceY >> 16;
                if (column >= 0 && column < w && row >= 0 && row < h) {
                    System.arraycopy(rgb, (int) (3 * (row * w + column)), moved, 3 * (y * w + x), 3);
                }
                sourceX += fixed(a);
                sourceY += fixed(d);
            }
            rowX += fixed(b);
            rowY += fixed(e);
        }
        return new Image(w, h, moved);
    }

    private static long fixed(double value) {
        return (long) Math.floor(value * ONE + 0.5);
    }
}
