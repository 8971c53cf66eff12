package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Arrays of whole numbers that go to the device in one transfer: tokens, labels, rows of a table. */
public final class PackedNumbers {
    private final List<long[]> parts = new ArrayList<>();
    private int size;

    /** Where an array lies among all numbers. */
    public record Part(int from, Shape shape) {
        /** This array of what {@link #write} has returned: a view, int64. */
        public NDArray of(NDArray all) {
            return all.get(from + ":" + (from + shape.size())).reshape(shape);
        }
    }

    /** @param values flat, as many as the shape says */
    public Part add(long[] values, Shape shape) {
        if (values.length != shape.size()) {
            throw new IllegalArgumentException(values.length + " numbers are no array " + shape);
        }
        Part part = new Part(size, shape);
        parts.add(values);
        size += values.length;
        return part;
    }

    /** {@link #add(long[], Shape)} of shape (n). */
    public Part add(long[] values) {
        return add(values, new Shape(values.length));
    }

    /** The same numbers as int64. */
    public static long[] longs(int[] numbers) {
        return Arrays.stream(numbers).asLongStream().toArray();
    }

    /** All numbers on the device of {@code manager}, to which the array belongs: (n), int64. */
    public NDArray write(NDManager manager) {
        long[] all = new long[size];
        int at = 0;
        for (long[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return Transfers.write(manager, all);
    }
}
