package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.function.Function;

/**
 * The values of an array in Java, whatever device it is on.
 *
 * <p>DJL's own way from a GPU makes a copy in the host's memory that stays as long as the array's manager: the weights of a
 * checkpoint, 1.8 GB of a ViT-B/16, again with every checkpoint. Here libtorch makes the copy, which is closed when it is read.
 */
public final class HostCopy {
    private HostCopy() {}

    /** Values of an fp32 array, row by row. */
    public static float[] floats(NDArray array) {
        return read(array, NDArray::toFloatArray);
    }

    /** Values of an int64 array, row by row. */
    public static long[] longs(NDArray array) {
        return read(array, NDArray::toLongArray);
    }

    /** The bytes of an array, row by row. */
    public static byte[] bytes(NDArray array) {
        return read(array, NDArray::toByteArray);
    }

    private static <T> T read(NDArray array, Function<NDArray, T> reader) {
        if (!array.getDevice().isGpu()) {
            try (NDScope scope = new NDScope()) { // of an array that is not row by row in memory DJL makes another one
                scope.suppressNotUsedWarning();
                return reader.apply(array);
            }
        }
        try (NDArray host = copied(array)) {
            return reader.apply(host);
        }
    }

    /** A copy in the host's memory, which the caller closes; no scope does. */
    static NDArray copied(NDArray array) {
        return Scopes.outside(() -> Scopes.notRecording(() -> NativeOps.call("to_host", array)));
    }
}
