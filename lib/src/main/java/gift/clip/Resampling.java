package gift.clip;

import gift.io.Picture;
import java.util.Arrays;

/**
 * Bicubic resizing with antialiasing, bit for bit as the Python Imaging Library (Pillow) does it on 8-bit pictures.
 *
 * <p>Two passes, rows first and columns second; between them the values are rounded and clipped to 8 bits. Each output
 * pixel is a weighted mean of the input pixels within reach of its centre. When shrinking, the reach grows with the
 * factor, so that every input pixel counts and nothing aliases (which {@code torch.nn.functional.interpolate} without
 * {@code antialias} does not do). The weights are whole numbers of 2^-22.
 */
final class Resampling {
    private static final int PRECISION_BITS = 32 - 8 - 2; // leaves room for the sum of products with 8-bit values
    private static final int HALF = 1 << PRECISION_BITS - 1; // so that the shift rounds
    private static final double A = -0.5; // Keys' cubic, as in Pillow; other libraries take -0.75
    private static final double REACH = 2; // the cubic is zero from here on

    private Resampling() {}

    /** The picture at another size, at least 1 x 1. */
    static Picture resize(Picture picture, int width, int height) {
        if (width == picture.width() && height == picture.height()) {
            return picture;
        }
        return resize(picture, 0, 0, picture.height(), picture.width(), width, height);
    }

    /** A rectangle of the picture at another size, as if it had been cut out first. */
    static Picture resize(Picture picture, int top, int left, int height, int width, int newWidth, int newHeight) {
        if (newWidth < 1 || newHeight < 1) {
            throw new IllegalArgumentException("cannot resize to " + newWidth + " x " + newHeight);
        }
        int[] narrowed = rows(picture, top, left, height, new Weights(width, newWidth));
        return new Picture(newWidth, newHeight, columns(narrowed, 3 * newWidth, new Weights(height, newHeight)));
    }

    /**
     * Resamples each row of a rectangle: (height, weights.in, 3) to (height, weights.out, 3), rounded and clipped to
     * 0..255. Two rows at a time: a long holds the values of both, and one multiplication serves both.
     */
    private static int[] rows(Picture picture, int top, int left, int height, Weights weights) {
        byte[] rgb = picture.rgb();
        int pitch = 3 * picture.width();
        int length = 3 * weights.out;
        int[] out = new int[Math.multiplyExact(length, height)];
        long[] pair = new long[3 * weights.in];
        for (int y = 0; y < height; y += 2) {
            int next = Math.min(y + 1, height - 1); // a last row without partner is its own
            int upper = (top + y) * pitch + 3 * left;
            int lower = (top + next) * pitch + 3 * left;
            for (int i = 0; i < pair.length; i++) {
                pair[i] = rgb[upper + i] & 0xffL | (rgb[lower + i] & 0xffL) << 32;
            }
            rowPair(pair, weights, out, y * length, next * length);
        }
        return out;
    }

    /**
     * Both sums stay within 31 bits, so that the lower is the int in the long, and the upper is what is left without it:
     * a negative lower sum has borrowed from the upper.
     */
    private static void rowPair(long[] pair, Weights weights, int[] out, int upper, int lower) {
        long halves = (long) HALF << 32 | HALF;
        for (int x = 0; x < weights.out; x++) {
            long red = halves;
            long green = halves;
            long blue = halves;
            int i = 3 * weights.first[x];
            int k = x * weights.stride;
            for (int end = k + weights.count[x]; k < end; k++, i += 3) {
                long weight = weights.weight[k];
                red += weight * pair[i];
                green += weight * pair[i + 1];
                blue += weight * pair[i + 2];
            }
            out[lower++] = clip((int) (red - (int) red >> 32));
            out[lower++] = clip((int) (green - (int) green >> 32));
            out[lower++] = clip((int) (blue - (int) blue >> 32));
            out[upper++] = clip((int) red);
            out[upper++] = clip((int) green);
            out[upper++] = clip((int) blue);
        }
    }

    /** Resamples each column: (weights.in, length) to (weights.out, length). */
    private static byte[] columns(int[] in, int length, Weights weights) {
        byte[] out = new byte[Math.multiplyExact(length, weights.out)];
        int[] sums = new int[length];
        for (int y = 0; y < weights.out; y++) {
            Arrays.fill(sums, HALF);
            int k = y * weights.stride;
            int start = weights.first[y] * length;
            int end = start + weights.count[y] * length;
            for (; start + length < end; start += 2 * length, k += 2) {
                add(sums, in, start, weights.weight[k], weights.weight[k + 1]);
            }
            if (start < end) {
                add(sums, in, start, weights.weight[k]);
            }
            for (int i = 0; i < length; i++) {
                out[y * length + i] = (byte) clip(sums[i]);
            }
        }
        return out;
    }

    /** Adds a weighted row. These loops over ints are what the compiler makes vector instructions of. */
    private static void add(int[] sums, int[] in, int start, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * in[start + i];
        }
    }

    /** Adds two weighted rows that follow each other. */
    private static void add(int[] sums, int[] in, int start, int weight, int nextWeight) {
        int next = start + sums.length;
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * in[start + i] + nextWeight * in[next + i];
        }
    }

    private static int clip(int sum) {
        return Math.max(0, Math.min(255, sum >> PRECISION_BITS));
    }

    /** For one axis: which input pixels make each output pixel, and their weights. */
    private static final class Weights {
        final int in;
        final int out;
        final int stride; // the weights of output pixel x begin at x * stride
        final int[] first;
        final int[] count;
        final int[] weight;

        Weights(int in, int out) {
            double scale = (double) in / out;
            double stretch = Math.max(scale, 1); // of the filter; more than 1 when shrinking
            double reach = REACH * stretch;
            this.in = in;
            this.out = out;
            stride = Math.min(in, 2 * (int) Math.ceil(reach) + 1);
            first = new int[out];
            count = new int[out];
            weight = new int[Math.multiplyExact(out, stride)];
            double[] exact = new double[stride];
            for (int x = 0; x < out; x++) {
                double centre = (x + 0.5) * scale; // pixel i covers [i, i + 1)
                first[x] = Math.max(0, (int) (centre - reach + 0.5));
                count[x] = Math.min(in, (int) (centre + reach + 0.5)) - first[x];
                double sum = 0;
                for (int n = 0; n < count[x]; n++) {
                    exact[n] = cubic((n + first[x] - centre + 0.5) * (1 / stretch));
                    sum += exact[n];
                }
                for (int n = 0; n < count[x]; n++) {
                    double w = exact[n] / sum * (1 << PRECISION_BITS);
                    weight[x * stride + n] = (int) (w < 0 ? w - 0.5 : w + 0.5); // to nearest
                }
            }
        }

        /** Keys, "Cubic convolution interpolation for digital image processing" (1981), equation 4. */
        private static double cubic(double x) {
            x = Math.abs(x);
            if (x < 1) {
                return ((A + 2) * x - (A + 3)) * x * x + 1;
            }
            return x < REACH ? (((x - 5) * x + 8) * x - 4) * A : 0;
        }
    }
}
