package gift.image.augment;

import gift.image.Image;

/**
 * The Gaussian blur of the Python Imaging Library: three box blurs in each direction, whose boxes have a fractional width
 * (Gwosdek et al. 2011, Theoretical Foundations of Gaussian Convolution by Extended Box Filtering), with whole numbers.
 */
public final class Blur {
    private static final int PASSES = 3;
    private static final int ONE = 1 << 24;

    private Blur() {}

    /** @param radius standard deviation in pixels, at least 0 */
    public static Image gaussian(Image image, double radius) {
        float box = boxRadius((float) radius);
        if (box == 0) {
            return image;
        }
        int w = image.width();
        int h = image.height();
        byte[] values = image.rgb().clone();
        int[] line = new int[Math.max(w, h)];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < h; y++) {
                blur(values, 3 * y * w + c, 3, w, box, line);
            }
            for (int x = 0; x < w; x++) {
                blur(values, 3 * x + c, 3 * w, h, box, line);
            }
        }
        return new Image(w, h, values);
    }

    /** Half the width of the box, whole part and fraction, that in three passes has the given deviation. */
    private static float boxRadius(float radius) {
        float variance = radius * radius / PASSES;
        float length = (float) Math.sqrt(12.0 * variance + 1.0);
        float whole = (float) Math.floor((length - 1.0) / 2.0);
        float fraction = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
        fraction /= 6 * (variance - (whole + 1) * (whole + 1));
        return whole + fraction;
    }

    /** Blurs {@code count} values, {@code step} apart, in place. Beyond the ends lies the last value. */
    private static void blur(byte[] values, int begin, int step, int count, float box, int[] line) {
        int radius = (int) box;
        int weight = (int) (ONE / (box * 2 + 1));
        int edge = (ONE - (radius * 2 + 1) * weight) / 2;
        for (int pass = 0; pass < PASSES; pass++) {
            for (int i = 0; i < count; i++) {
                line[i] = values[begin + i * step] & 0xff;
            }
            int sum = 0; // of the pixels from i - radius - 1 to i + radius - 1
            for (int d = -radius - 1; d < radius; d++) {
                sum += at(line, d, count);
            }
            for (int i = 0; i < count; i++) {
                sum += at(line, i + radius, count) - at(line, i - radius - 1, count);
                long far = at(line, i - radius - 1, count) + at(line, i + radius + 1, count);
                long mean = (long) sum * weight + far * edge;
                values[begin + i * step] = (byte) (mean + ONE / 2 >> 24);
            }
        }
    }

    private static int at(int[] line, int i, int count) {
        return line[Math.max(0, Math.min(count - 1, i))];
    }
}
