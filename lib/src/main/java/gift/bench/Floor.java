package gift.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Kernel;
import gift.tensor.NativeOps;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import java.util.Arrays;
import java.util.Locale;

/**
 * What the machine reaches in one large matrix product, measured in the same process as what is compared with it: a bound
 * that does not depend on what a data sheet says.
 *
 * @param size n of a product n x n by n x n
 * @param precision of its factors
 * @param gflops 10^9 floating-point operations a second, of the fastest of five products
 */
public record Floor(int size, Precision precision, double gflops) {
    private static final int ON_CPU = 2048;
    private static final int ON_GPU = 8192;
    private static final Repeats REPEATS = new Repeats(2, 5);

    /** @param compute fp16 and bf16 are measured as such, all else in fp32: on a GPU in TF32 if a variable switches that on */
    static Floor measure(NDManager manager, String compute) {
        int n = manager.getDevice().isGpu() ? ON_GPU : ON_CPU;
        Precision precision = Arrays.stream(Precision.values()).filter(p -> p.toString().equals(compute)).findFirst()
                .orElse(Precision.FP32);
        double[] fastest = {Double.NaN};
        Scopes.withoutGradients(() -> {
            Shape square = new Shape(n, n);
            NDArray x = manager.randomUniform(-1, 1, square);
            NDArray w = lower(precision, manager.randomUniform(-1, 1, square));
            NDArray first = manager.create(new long[] {0});
            Timing timing = Samples.of(REPEATS, i -> Scopes.withoutGradients(() -> {
                NDArray y = precision == Precision.FP32 && Kernel.ONEDNN_LINEAR.on(x, n) // as layers are computed
                        ? NativeOps.linearAsConvolution(x, w, null) : NativeOps.linear(x, w, null);
                NativeOps.toFloat32(NativeOps.rows(y, first)).toFloatArray(); // waits for the device
            })).timing("product", 0, null, manager.getDevice());
            fastest[0] = timing.minMs();
        });
        return new Floor(n, precision, Math.round(2.0 * n * n * n / fastest[0] / 1e5) / 10.0);
    }

    private static NDArray lower(Precision precision, NDArray x) {
        return switch (precision) {
            case FP32 -> x;
            case FP16 -> NativeOps.toFloat16(x);
            case BF16 -> NativeOps.toBfloat16(x);
        };
    }

    /** That so many operations take at this rate. */
    double milliseconds(double operations) {
        return operations / gflops / 1e6;
    }

    String line() {
        return String.format(Locale.ROOT, "floor: %,.1f GFLOP/s in a product of %d x %d matrices, %s", gflops, size, size, precision);
    }
}
