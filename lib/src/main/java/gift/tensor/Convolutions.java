package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import gift.tensor.machine.EngineMode;
import java.util.function.Supplier;

/** By which operator a convolution is computed. */
public final class Convolutions {
    private static final long SMALL = 20_480; // values
    private static final ThreadLocal<Boolean> AS_ALONE = ThreadLocal.withInitial(() -> false);

    private Convolutions() {}

    /**
     * Runs work in which each image of a batch gets the bits that it would get alone. On a CPU libtorch computes the convolution
     * of one small image as a product of unfolded patches, and that of a batch otherwise; here by products as well.
     */
    public static <T> T asAlone(Supplier<T> work) {
        boolean before = AS_ALONE.get();
        AS_ALONE.set(true);
        try {
            return work.get();
        } finally {
            AS_ALONE.set(before);
        }
    }

    /** Whether such work runs: the sum with an attention of one image is row-major, of a batch channels last. */
    public static boolean areAsAlone() {
        return AS_ALONE.get();
    }

    /** The method of {@code ops.py} for x (B, in, H, W) and a weight (out, in, k, k). */
    static String method(NDArray x, NDArray weight, int stride) {
        if (EngineCheck.mode() != EngineMode.AS_IT_IS) {
            return "conv_as_product";
        }
        return AS_ALONE.get() && isProductAlone(x, weight, stride) ? "conv_alone" : "conv";
    }

    /** What libtorch 2.7 does with one image: {@code use_mkldnn} in its Convolution.cpp, of kernels up to 3 x 3. */
    private static boolean isProductAlone(NDArray x, NDArray weight, int stride) {
        Shape shape = weight.getShape();
        return weight.getDataType() == DataType.FLOAT32 && !weight.getDevice().isGpu() && shape.get(2) <= 3
                && (x.size() <= SMALL * x.getShape().get(0) || stride == 1 && shape.get(2) == 1 && JniUtils.getNumThreads() == 1);
    }
}
