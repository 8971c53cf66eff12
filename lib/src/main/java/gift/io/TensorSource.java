package gift.io;

import gift.io.SafeTensors.DType;
import gift.io.SafeTensors.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * Tensors to write that come from arrays, row by row. The array is read when the file is written, not copied before.
 */
public final class TensorSource implements Source {
    private static final int CHUNK = 1 << 20; // bytes; a multiple of every element size

    /** Puts element i into the buffer. */
    @FunctionalInterface
    private interface Element {
        void put(ByteBuffer bytes, int i);
    }

    private final String name;
    private final DType dtype;
    private final long[] shape;
    private final int count;
    private final Element element;

    private TensorSource(String name, DType dtype, long[] shape, int count, Element element) {
        if (SafeTensors.elements(shape) != count) {
            throw new IllegalArgumentException("tensor '" + name + "': shape " + Arrays.toString(shape)
                    + " does not hold " + count + " values");
        }
        this.name = name;
        this.dtype = dtype;
        this.shape = shape.clone();
        this.count = count;
        this.element = element;
    }

    /** Floats, stored as F32. */
    public static TensorSource of(String name, long[] shape, float[] values) {
        return of(name, shape, values, DType.F32);
    }

    /**
     * Floats, stored as F32, or rounded to nearest even as F16 or BF16.
     *
     * @throws IllegalArgumentException for any other dtype, or if the shape does not fit
     */
    public static TensorSource of(String name, long[] shape, float[] values, DType stored) {
        Element element = switch (stored) {
            case F32 -> (bytes, i) -> bytes.putFloat(values[i]);
            case F16 -> (bytes, i) -> bytes.putShort(HalfFloats.floatToF16(values[i]));
            case BF16 -> (bytes, i) -> bytes.putShort(HalfFloats.floatToBf16(values[i]));
            default -> throw new IllegalArgumentException("floats are not stored as " + stored);
        };
        return new TensorSource(name, stored, shape, values.length, element);
    }

    /** Doubles, stored as F64. */
    public static TensorSource of(String name, long[] shape, double[] values) {
        return new TensorSource(name, DType.F64, shape, values.length, (bytes, i) -> bytes.putDouble(values[i]));
    }

    /** Longs, stored as I64. */
    public static TensorSource of(String name, long[] shape, long[] values) {
        return of(name, shape, values, DType.I64);
    }

    /**
     * Longs that fit the stored dtype, I64, I32, U8 or BOOL.
     *
     * @throws IllegalArgumentException for any other dtype, or if the shape does not fit
     */
    public static TensorSource of(String name, long[] shape, long[] values, DType stored) {
        Element element = switch (stored) {
            case I64 -> (bytes, i) -> bytes.putLong(values[i]);
            case I32 -> (bytes, i) -> bytes.putInt((int) values[i]);
            case U8, BOOL -> (bytes, i) -> bytes.put((byte) values[i]);
            default -> throw new IllegalArgumentException("whole numbers are not stored as " + stored);
        };
        return new TensorSource(name, stored, shape, values.length, element);
    }

    /** Ints, stored as I32. */
    public static TensorSource of(String name, long[] shape, int[] values) {
        return new TensorSource(name, DType.I32, shape, values.length, (bytes, i) -> bytes.putInt(values[i]));
    }

    /** Bytes, stored as U8. */
    public static TensorSource of(String name, long[] shape, byte[] values) {
        return new TensorSource(name, DType.U8, shape, values.length, (bytes, i) -> bytes.put(values[i]));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        int perPiece = CHUNK / dtype.bytes();
        ByteBuffer piece = ByteBuffer.allocate(Math.min(count, perPiece) * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int start = 0; start < count; start += perPiece) {
            piece.clear();
            int end = (int) Math.min(count, (long) start + perPiece);
            for (int i = start; i < end; i++) {
                element.put(piece, i);
            }
            piece.flip();
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
            if (end == count) {
                break; // also keeps start from overflowing
            }
        }
    }
}
