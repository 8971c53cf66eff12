package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Values between Java and arrays, counted. What runs in every update or sampler step goes this way, so that a test can say on
 * a CPU how often it would wait on a GPU.
 *
 * <p>A read waits until the device has computed all that was asked of it before. A write does not: the values are copied to
 * page-locked memory, from which the GPU takes them when it gets there.
 */
public final class Transfers {
    private static final LongAdder READS = new LongAdder();
    private static final LongAdder WRITES = new LongAdder();

    private Transfers() {}

    /** The values of an fp32 array. */
    public static float[] read(NDArray array) {
        READS.increment();
        return HostCopy.floats(array);
    }

    /** The values of 0-dim fp32 arrays by name, all in one transfer. */
    public static Map<String, Double> read(Map<String, NDArray> numbers) {
        float[] all;
        try (NDArray together = Scopes.outside(() -> Scopes.withoutGradients(
                () -> NDArrays.stack(new NDList(numbers.values()))))) {
            all = read(together);
        }
        Map<String, Double> values = new LinkedHashMap<>();
        for (String name : numbers.keySet()) {
            values.put(name, (double) all[values.size()]);
        }
        return values;
    }

    /** An fp32 array on the device of {@code manager}, to which it belongs. */
    public static NDArray write(NDManager manager, float[] values, Shape shape) {
        return write(manager, on -> on.create(values, shape));
    }

    /** An int64 array on the device of {@code manager}, to which it belongs. */
    public static NDArray write(NDManager manager, long[] values, Shape shape) {
        return write(manager, on -> on.create(values, shape));
    }

    /** {@link #write(NDManager, long[], Shape)} of shape (n). */
    public static NDArray write(NDManager manager, long[] values) {
        return write(manager, values, new Shape(values.length));
    }

    /**
     * An array of the bytes of a direct buffer on the device of {@code manager}, to which it belongs. On a CPU it is the buffer
     * itself: its bytes must stay as they are until the array is closed. On a GPU they may change at once.
     */
    public static NDArray write(NDManager manager, ByteBuffer bytes, Shape shape, DataType type) {
        return write(manager, on -> on.create(bytes.slice().order(ByteOrder.nativeOrder()), shape, type));
    }

    private static NDArray write(NDManager manager, Function<NDManager, NDArray> maker) {
        WRITES.increment();
        if (!manager.getDevice().isGpu()) {
            return maker.apply(manager);
        }
        try (NDArray values = maker.apply(TorchScriptModule.MANAGER); NDArray there = manager.zeros(new Shape())) {
            return NativeOps.call("to_device", there, values);
        }
    }

    /** Reads so far, of all threads: each makes a GPU's host wait. */
    public static long reads() {
        return READS.sum();
    }

    /** Writes so far, of all threads. */
    public static long writes() {
        return WRITES.sum();
    }
}
