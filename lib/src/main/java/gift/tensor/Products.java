package gift.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.Arrays;

/**
 * Products of fp32 matrices by oneDNN with the bits that MKL gives, without gradient ({@link Kernel#ONEDNN_PRODUCTS}).
 *
 * <p>MKL keeps to AVX2 on AMD's processors; oneDNN takes AVX-512 and needs half the time. Both add up the terms of a sum one
 * after the other. MKL puts a partial sum aside after 192 terms, or half of them; with pieces of that length oneDNN rounds as it
 * does. Fewer rows or columns than {@link #LEAST} are left to MKL, which has other ways with vectors.
 */
public final class Products {
    private static final int[][] TRIED = {{96, 64, 80}, {544, 128, 384}, {320, 512, 128}, {128, 256, 64}}; // rows, K, N
    private static final int LEAST = 64;
    private static final int PIECE = 192; // as in products.py

    private Products() {}

    /** When it is first asked for: other builds of libtorch have no such operator. */
    private static final class Module {
        static final PtSymbolBlock BLOCK = TorchScriptModule.load("products.py");
    }

    private static final class Trial {
        static final boolean SAME = Arrays.stream(TRIED).allMatch(sizes -> isSame(sizes[0], sizes[1], sizes[2]));
    }

    /** Whether the bits are those of MKL on this machine, by a trial that is made once a process and takes a millisecond. */
    static boolean same() {
        return Trial.SAME;
    }

    private static boolean isSame(int rows, int k, int n) {
        RandomStream random = RandomStream.of(1, "products");
        try (NDManager manager = Devices.newManager(Device.cpu());
                NDArray x = manager.create(random.normals(rows * k, 1), new Shape(rows, k));
                NDArray w = manager.create(random.normals(n * k, 1), new Shape(n, k));
                NDArray expected = Scopes.outside(() -> Scopes.withoutGradients(() -> x.matMul(w.transpose())));
                NDArray found = Scopes.outside(() -> Scopes.withoutGradients(() -> of(x, w)))) {
            return Arrays.equals(expected.toByteArray(), found.toByteArray());
        }
    }

    /** Whether x (..., K) and a weight (N, K) are large enough. */
    public static boolean fits(NDArray x, Shape weight) {
        return x.getShape().dimension() == 3 && x.size() >= LEAST * weight.get(1) && weight.get(0) >= LEAST && weight.get(1) >= LEAST;
    }

    /** x W^T with x (..., K) and w (N, K); result (..., N). */
    static NDArray of(NDArray x, NDArray w) {
        long k = w.getShape().get(1);
        if (k % 2 == 1 && k > PIECE && k < 2 * PIECE) { // MKL divides these otherwise
            return x.matMul(w.transpose());
        }
        return NativeOps.call(Module.BLOCK, "product", x, w);
    }

    /** x W^T + b with x (B, T, K), weight (N, K) and bias (N), or null; result (B, T, N). */
    public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return bias == null ? of(x, weight) : NativeOps.call(Module.BLOCK, "linear", x, weight, bias);
    }
}
