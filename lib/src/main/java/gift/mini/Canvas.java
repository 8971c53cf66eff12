package gift.mini;

import gift.image.Image;
import gift.tensor.RandomStream;

/** An image of 32 x 32 pixels while it is painted: channels in 0..1, over coordinates -1..1 with y down. */
final class Canvas {
    static final int SIZE = 32;

    private final double[] rgb = new double[3 * SIZE * SIZE];

    Canvas(Colour ground) {
        paint((x, y) -> 1, ground);
    }

    /** The coordinate of the middle of pixel i. */
    private static double middle(int i) {
        return (2 * i + 1.0) / SIZE - 1;
    }

    /** Covers each pixel with {@code colour} by the share 0..1 that {@code cover} says; less is 0, more is 1. */
    void paint(Noise.Field cover, Colour colour) {
        paint(cover, (x, y) -> colour);
    }

    /** A colour at each place. */
    @FunctionalInterface
    interface Paint {
        Colour at(double x, double y);
    }

    /** As {@link #paint(Noise.Field, Colour)}, with a colour for each place. */
    void paint(Noise.Field cover, Paint paint) {
        for (int j = 0, o = 0; j < SIZE; j++) {
            double y = middle(j);
            for (int i = 0; i < SIZE; i++, o += 3) {
                double x = middle(i);
                double share = Math.min(1, cover.at(x, y));
                if (share > 0) {
                    Colour colour = paint.at(x, y);
                    rgb[o] += share * (colour.r() - rgb[o]);
                    rgb[o + 1] += share * (colour.g() - rgb[o + 1]);
                    rgb[o + 2] += share * (colour.b() - rgb[o + 2]);
                }
            }
        }
    }

    /** Fills a figure, its edge smooth over one pixel. */
    void fill(Shape shape, Frame frame, Colour colour) {
        double pixels = frame.scale() * SIZE / 2;
        paint(frame.field((x, y) -> 0.5 - shape.at(x, y) * pixels), colour);
    }

    /** Multiplies every channel by what {@code factor} says. */
    void multiply(Noise.Field factor) {
        for (int j = 0, o = 0; j < SIZE; j++) {
            for (int i = 0; i < SIZE; i++, o += 3) {
                double value = factor.at(middle(i), middle(j));
                rgb[o] *= value;
                rgb[o + 1] *= value;
                rgb[o + 2] *= value;
            }
        }
    }

    /** Moves every colour towards another by the same share. */
    void fade(Colour towards, double share) {
        paint((x, y) -> share, towards);
    }

    /** Moves every colour towards its own grey by the same share. */
    void bleach(double share) {
        for (int o = 0; o < rgb.length; o += 3) {
            double grey = (rgb[o] + rgb[o + 1] + rgb[o + 2]) / 3;
            for (int c = o; c < o + 3; c++) {
                rgb[c] += share * (grey - rgb[c]);
            }
        }
    }

    /** The image with noise of the given deviation in each channel of each pixel. */
    Image image(RandomStream random, double deviation) {
        byte[] bytes = new byte[rgb.length];
        for (int o = 0; o < bytes.length; o++) {
            double value = rgb[o] + deviation * Noise.bell(random);
            bytes[o] = (byte) (int) (255 * Math.max(0, Math.min(1, value)) + 0.5);
        }
        return new Image(SIZE, SIZE, bytes);
    }
}
