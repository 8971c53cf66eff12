package gift.tensor.plain;

/**
 * The operators of a network as plain loops in double precision: slow, and simple enough to be believed. The engine is
 * compared with them ({@code EngineTrial}). Arrays are row by row, as the engine's.
 */
public final class PlainMath {
    private PlainMath() {}

    /**
     * Sizes of a convolution with padding kernel / 2.
     *
     * @param batch number of images
     * @param in channels in
     * @param out channels out
     * @param kernel height and width of the kernel
     * @param stride in both directions
     */
    public record Convolution(int batch, int in, int out, int kernel, int stride, int height, int width) {
        public int padding() {
            return kernel / 2;
        }

        public int outHeight() {
            return (height + 2 * padding() - kernel) / stride + 1;
        }

        public int outWidth() {
            return (width + 2 * padding() - kernel) / stride + 1;
        }

        public int sizeOfX() {
            return batch * in * height * width;
        }

        public int sizeOfWeight() {
            return out * in * kernel * kernel;
        }

        public int sizeOfY() {
            return batch * out * outHeight() * outWidth();
        }

        @Override
        public String toString() {
            return batch + " x " + in + " x " + height + " x " + width + " to " + out + " channels, kernel " + kernel
                    + ", stride " + stride;
        }
    }

    /** Called with the positions of one product x[i] weight[j] that goes into y[k]. */
    private interface Product {
        void at(int i, int j, int k);
    }

    private static void forEachProduct(Convolution c, Product product) {
        for (int b = 0; b < c.batch; b++) {
            for (int o = 0; o < c.out; o++) {
                for (int y = 0; y < c.outHeight(); y++) {
                    for (int x = 0; x < c.outWidth(); x++) {
                        int k = ((b * c.out + o) * c.outHeight() + y) * c.outWidth() + x;
                        forEachProduct(c, b, o, y, x, k, product);
                    }
                }
            }
        }
    }

    private static void forEachProduct(Convolution c, int b, int o, int y, int x, int k, Product product) {
        for (int i = 0; i < c.in; i++) {
            for (int ky = 0; ky < c.kernel; ky++) {
                int row = y * c.stride - c.padding() + ky;
                for (int kx = 0; kx < c.kernel; kx++) {
                    int column = x * c.stride - c.padding() + kx;
                    if (row >= 0 && row < c.height && column >= 0 && column < c.width) {
                        product.at(((b * c.in + i) * c.height + row) * c.width + column,
                                ((o * c.in + i) * c.kernel + ky) * c.kernel + kx, k);
                    }
                }
            }
        }
    }

    /** y = x * weight; x (B, in, H, W), weight (out, in, k, k). */
    public static double[] convolution(Convolution c, float[] x, float[] weight) {
        double[] y = new double[c.sizeOfY()];
        forEachProduct(c, (i, j, k) -> y[k] += (double) x[i] * weight[j]);
        return y;
    }

    /** The gradient of sum(y g) with respect to x. */
    public static double[] convolutionInputGradient(Convolution c, float[] weight, float[] g) {
        double[] gradient = new double[c.sizeOfX()];
        forEachProduct(c, (i, j, k) -> gradient[i] += (double) g[k] * weight[j]);
        return gradient;
    }

    /** The gradient of sum(y g) with respect to the weight. */
    public static double[] convolutionWeightGradient(Convolution c, float[] x, float[] g) {
        double[] gradient = new double[c.sizeOfWeight()];
        forEachProduct(c, (i, j, k) -> gradient[j] += (double) g[k] * x[i]);
        return gradient;
    }

    /** a b; a (n, m), b (m, p), each read transposed from memory on request. */
    public static double[] product(double[] a, boolean transposeA, double[] b, boolean transposeB, int n, int m, int p) {
        double[] result = new double[n * p];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < m; k++) {
                double left = transposeA ? a[k * n + i] : a[i * m + k];
                for (int j = 0; j < p; j++) {
                    result[i * p + j] += left * (transposeB ? b[j * m + k] : b[k * p + j]);
                }
            }
        }
        return result;
    }

    /**
     * Attention of one head, softmax(q k^T / sqrt(d)) v.
     *
     * @param q (t, d)
     * @param k (s, d)
     * @param v (s, d)
     * @param weights (t, s): the softmax
     */
    public record Attention(double[] q, double[] k, double[] v, double[] weights, int t, int s, int d) {
        public static Attention of(double[] q, double[] k, double[] v, int t, int s, int d) {
            double[] weights = product(q, false, k, true, t, d, s);
            for (int i = 0; i < t; i++) {
                double sum = 0;
                for (int j = 0; j < s; j++) {
                    weights[i * s + j] = Math.exp(weights[i * s + j] / Math.sqrt(d));
                    sum += weights[i * s + j];
                }
                for (int j = 0; j < s; j++) {
                    weights[i * s + j] /= sum;
                }
            }
            return new Attention(q, k, v, weights, t, s, d);
        }

        /** (t, d). */
        public double[] result() {
            return product(weights, false, v, false, t, s, d);
        }

        /** The gradients of sum(result g) with respect to q, k and v. */
        public double[][] gradients(double[] g) {
            double[] scores = product(g, false, v, true, t, d, s); // first the gradient of the weights
            for (int i = 0; i < t; i++) {
                double mean = 0;
                for (int j = 0; j < s; j++) {
                    mean += scores[i * s + j] * weights[i * s + j];
                }
                for (int j = 0; j < s; j++) {
                    scores[i * s + j] = weights[i * s + j] * (scores[i * s + j] - mean) / Math.sqrt(d);
                }
            }
            return new double[][] {product(scores, false, k, false, t, s, d), product(scores, true, q, false, s, t, d),
                    product(weights, true, g, false, s, t, d)};
        }
    }

    /** Each row of x (rows, n), minus its mean, divided by sqrt(variance + epsilon). */
    public static double[] standardized(float[] x, int rows, double epsilon) {
        int n = x.length / rows;
        double[] y = new double[x.length];
        for (int r = 0; r < rows; r++) {
            double mean = mean(x, r, n);
            double deviation = deviation(x, r, n, epsilon);
            for (int i = r * n; i < (r + 1) * n; i++) {
                y[i] = (x[i] - mean) / deviation;
            }
        }
        return y;
    }

    /** The gradient of sum(standardized(x) g) with respect to x: (g - mean(g) - y mean(y g)) / deviation, row by row. */
    public static double[] standardizedGradient(float[] x, float[] g, int rows, double epsilon) {
        int n = x.length / rows;
        double[] y = standardized(x, rows, epsilon);
        double[] gradient = new double[x.length];
        for (int r = 0; r < rows; r++) {
            double meanOfG = mean(g, r, n);
            double deviation = deviation(x, r, n, epsilon);
            double meanOfProduct = 0;
            for (int i = r * n; i < (r + 1) * n; i++) {
                meanOfProduct += y[i] * g[i] / n;
            }
            for (int i = r * n; i < (r + 1) * n; i++) {
                gradient[i] = (g[i] - meanOfG - y[i] * meanOfProduct) / deviation;
            }
        }
        return gradient;
    }

    private static double mean(float[] x, int row, int n) {
        double sum = 0;
        for (int i = row * n; i < (row + 1) * n; i++) {
            sum += x[i];
        }
        return sum / n;
    }

    private static double deviation(float[] x, int row, int n, double epsilon) {
        double mean = mean(x, row, n);
        double sum = 0;
        for (int i = row * n; i < (row + 1) * n; i++) {
            sum += (x[i] - mean) * (x[i] - mean);
        }
        return Math.sqrt(sum / n + epsilon);
    }

    public static double[] wide(float[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i];
        }
        return y;
    }

    /** The largest difference divided by the largest value expected; infinite where a value is not finite. */
    public static double relativeError(float[] found, double[] expected) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            if (!Float.isFinite(found[i])) {
                return Double.POSITIVE_INFINITY;
            }
            difference = Math.max(difference, Math.abs(found[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return difference / largest;
    }
}
