package gift.io;

import gift.io.SafeTensors.DType;
import java.util.Arrays;

/**
 * A tensor of torch: a view of a storage.
 *
 * @param offset index in the storage of its first element
 * @param strides elements from one index to the next, by dimension
 */
record TorchTensor(Storage storage, long offset, long[] shape, long[] strides) {
    /** Numbers in a row that tensors share. {@code key} is its name in the file. */
    record Storage(String key, DType dtype, long count) {}

    private static final int MAX_DIMENSIONS = 32;
    /** How often a tensor may repeat elements (stride 0): a small file must not grow to fill the memory. */
    private static final long MAX_REPEATED = 1 << 20;

    /** @throws IllegalArgumentException in one line if the view is not within its storage */
    TorchTensor {
        if (shape.length != strides.length || shape.length > MAX_DIMENSIONS) {
            throw new IllegalArgumentException("a tensor has " + shape.length + " dimensions and " + strides.length
                    + " strides");
        }
        if (offset < 0 || Arrays.stream(shape).anyMatch(n -> n < 0) || Arrays.stream(strides).anyMatch(n -> n < 0)) {
            throw new IllegalArgumentException(describe(offset, shape, strides) + " has a negative number");
        }
        try {
            long elements = SafeTensors.elements(shape);
            long end = offset;
            for (int d = 0; d < shape.length && elements > 0; d++) {
                end = Math.addExact(end, Math.multiplyExact(shape[d] - 1, strides[d]));
            }
            if (elements > 0 ? end >= storage.count : offset > storage.count) {
                throw new IllegalArgumentException(describe(offset, shape, strides) + " reaches past the end of its storage"
                        + " '" + storage.key + "' of " + storage.count + " elements");
            }
            if (elements > Math.max(storage.count, MAX_REPEATED)) {
                throw new IllegalArgumentException(describe(offset, shape, strides) + " repeats the " + storage.count
                        + " elements of its storage '" + storage.key + "' too often");
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(describe(offset, shape, strides) + " is too large to count");
        }
    }

    private static String describe(long offset, long[] shape, long[] strides) {
        return "a tensor of shape " + Arrays.toString(shape) + ", strides " + Arrays.toString(strides) + " and offset "
                + offset;
    }

    /** Whether its elements lie one after the other. */
    boolean contiguous() {
        long expected = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            if (shape[d] != 1 && strides[d] != expected) {
                return false;
            }
            expected *= shape[d];
        }
        return true;
    }

    /** Index in the storage of element {@code i}, counted row by row. */
    long place(long i) {
        long place = offset;
        for (int d = shape.length - 1; d >= 0; d--) {
            place += i % shape[d] * strides[d];
            i /= shape[d];
        }
        return place;
    }

    /** Elements of the storage from the first to the last that the tensor uses. */
    long span() {
        long elements = SafeTensors.elements(shape);
        return elements == 0 ? 0 : place(elements - 1) - offset + 1;
    }
}
