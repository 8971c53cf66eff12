package gift.image;

import java.util.Arrays;

/**
 * Bicubic resizing with antialiasing, bit for bit as the Python Imaging Library (Pillow) does it on 8-bit images.
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

    /** The image at another size, at least 1 x 1. */
    static Image resize(Image image, int width, int height) {
        if (width == image.width() && height == image.height()) {
            return image;
        }
        return resize(image, 0, 0, image.height(), image.width(), width, height);
    }

    /** A rectangle of the image at another size, as if it had been cut out first. */
    static Image resize(Image image, int top, int left, int height, int width, int newWidth, int newHeight) {
        if (newWidth < 1 || newHeight < 1) {
            throw new IllegalArgumentException("cannot resize to " + newWidth + " x " + newHeight);
        }
        Rows rows = new Rows(image, top, left, height, new Weights(width, newWidth));
        return new Image(newWidth, newHeight, columns(rows, 3 * newWidth, new Weights(height, newHeight)));
    }

    /**
     * The rows of a rectangle, each resampled to (weights.out, 3), rounded and clipped to 0..255. They are made in their
     * order as columns ask for them, two at a time: a long holds the values of both, and one multiplication serves both.
     * Only the last few are kept, which then stay in the processor's nearest memory.
     */
    private static final class Rows {
        private final Image image;
        private final int top;
        private final int left;
        private final int height;
        private final Weights weights;
        private final long[] pair;
        private int[][] kept = new int[0][];
        private int made;

        Rows(Image image, int top, int left, int height, Weights weights) {
            this.image = image;
            this.top = top;
            this.left = left;
            this.height = height;
            this.weights = weights;
            this.pair = new long[3 * weights.in];
        }

        /** From now on the last {@code count} rows can be had. */
        void keep(int count) {
            kept = new int[count + 2][3 * weights.out]; // those of a pair may be made one before they are asked for
        }

        int[] get(int y) {
            for (; made <= y; made += 2) {
                make(made, Math.min(made + 1, height - 1)); // a last row without partner is its own
            }
            return kept[y % kept.length];
        }

        private void make(int y, int next) {
            byte[] rgb = image.rgb();
            int upper = 3 * ((top + y) * image.width() + left);
            int lower = 3 * ((top + next) * image.width() + left);
            for (int i = 0; i < pair.length; i++) {
                pair[i] = rgb[upper + i] & 0xffL | (rgb[lower + i] & 0xffL) << 32;
            }
            rowPair(pair, weights, kept[y % kept.length], kept[next % kept.length]);
        }
    }

    /**
     * Both sums stay within 31 bits, so that the lower is the int in the long, and the upper is what is left without it:
     * a negative lower sum has borrowed from the upper.
     */
    private static void rowPair(long[] pair, Weights weights, int[] upper, int[] lower) {
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
            int o = 3 * x;
            lower[o] = clip((int) (red - (int) red >> 32));
            lower[o + 1] = clip((int) (green - (int) green >> 32));
            lower[o + 2] = clip((int) (blue - (int) blue >> 32));
            upper[o] = clip((int) red);
            upper[o + 1] = clip((int) green);
            upper[o + 2] = clip((int) blue);
        }
    }

    /** Resamples each column: (weights.in, length) to (weights.out, length). */
    private static byte[] columns(Rows rows, int length, Weights weights) {
        byte[] out = new byte[Math.multiplyExact(length, weights.out)];
        int[] sums = new int[length];
        rows.keep(weights.stride);
        for (int y = 0; y < weights.out; y++) {
            Arrays.fill(sums, HALF);
            int k = y * weights.stride;
            int row = weights.first[y];
            int end = row + weights.count[y];
            rows.get(end - 1);
            for (; row + 1 < end; row += 2, k += 2) {
                add(sums, rows.get(row), weights.weight[k], rows.get(row + 1), weights.weight[k + 1]);
            }
            if (row < end) {
                add(sums, rows.get(row), weights.weight[k]);
            }
            for (int i = 0; i < length; i++) {
                out[y * length + i] = (byte) clip(sums[i]);
            }
        }
        return out;
    }

    /** Adds a weighted row. These loops over ints are what the compiler makes vector instructions of. */
    private static void add(int[] sums, int[] row, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * row[i];
        }
    }

    /** Adds two weighted rows. */
    private static void add(int[] sums, int[] row, int weight, int[] next, int nextWeight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * row[i] + nextWeight * next[i];
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
