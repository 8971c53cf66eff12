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
    private static final double A = -0.5; // Keys' cubic, as in Pillow; other libraries take -0.75
    private static final double REACH = 2; // the cubic is zero from here on

    private Resampling() {}

    /** The picture at another size, at least 1 x 1. */
    static Picture resize(Picture picture, int width, int height) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("cannot resize to " + width + " x " + height);
        }
        byte[] rgb = picture.rgb();
        if (width != picture.width()) {
            rgb = rows(rgb, picture.width(), picture.height(), new Weights(picture.width(), width));
        }
        if (height != picture.height()) {
            rgb = columns(rgb, width, new Weights(picture.height(), height));
        }
        return new Picture(width, height, rgb);
    }

    /** Resamples each row: (height, width, 3) to (height, weights.out, 3). */
    private static byte[] rows(byte[] in, int width, int height, Weights weights) {
        byte[] out = new byte[Math.multiplyExact(3 * weights.out, height)];
        int o = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < weights.out; x++) {
                int red = 1 << PRECISION_BITS - 1; // one half, so that the shift rounds
                int green = red;
                int blue = red;
                int i = 3 * (y * width + weights.first[x]);
                int k = x * weights.stride;
                for (int n = weights.count[x]; n > 0; n--, i += 3, k++) {
                    int weight = weights.weight[k];
                    red += weight * (in[i] & 0xff);
                    green += weight * (in[i + 1] & 0xff);
                    blue += weight * (in[i + 2] & 0xff);
                }
                out[o++] = clip(red);
                out[o++] = clip(green);
                out[o++] = clip(blue);
            }
        }
        return out;
    }

    /** Resamples each column: (height, width, 3) to (weights.out, width, 3). */
    private static byte[] columns(byte[] in, int width, Weights weights) {
        int rowLength = 3 * width;
        byte[] out = new byte[Math.multiplyExact(rowLength, weights.out)];
        int[] sums = new int[rowLength];
        for (int y = 0; y < weights.out; y++) {
            Arrays.fill(sums, 1 << PRECISION_BITS - 1);
            for (int n = 0; n < weights.count[y]; n++) { // adds up whole rows: memory is read in order
                int weight = weights.weight[y * weights.stride + n];
                int start = (weights.first[y] + n) * rowLength;
                for (int i = 0; i < rowLength; i++) {
                    sums[i] += weight * (in[start + i] & 0xff);
                }
            }
            for (int i = 0; i < rowLength; i++) {
                out[y * rowLength + i] = clip(sums[i]);
            }
        }
        return out;
    }

    private static byte clip(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
    }

    /** For one axis: which input pixels make each output pixel, and their weights. */
    private static final class Weights {
        final int out;
        final int stride; // the weights of output pixel x begin at x * stride
        final int[] first;
        final int[] count;
        final int[] weight;

        Weights(int in, int out) {
            double scale = (double) in / out;
            double stretch = Math.max(scale, 1); // of the filter; more than 1 when shrinking
            double reach = REACH * stretch;
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
