package gift.io;

import gift.io.SafeTensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The elements of one tensor of a file as an array, row by row, converted a piece at a time.
 *
 * @param label name, dtype and shape, for messages
 * @param count number of elements
 */
record Elements(Path file, String label, DType dtype, long count, Bytes bytes) {
    private static final int CHUNK = 1 << 20; // bytes read at a time; a multiple of every element size

    /** The tensor's bytes in the order of its elements, little-endian. */
    @FunctionalInterface
    interface Bytes {
        /** Fills the buffer from the tensor's byte number {@code at} on. */
        void read(ByteBuffer into, long at) throws IOException;
    }

    @FunctionalInterface
    private interface Element {
        /** Takes the next element, number i, from the buffer. */
        void take(ByteBuffer bytes, int i);
    }

    float[] floats() {
        float[] result = new float[length()];
        switch (dtype) {
            case F64 -> each((bytes, i) -> result[i] = (float) bytes.getDouble());
            case F32 -> each((bytes, i) -> result[i] = bytes.getFloat());
            case F16 -> each((bytes, i) -> result[i] = HalfFloats.f16ToFloat(bytes.getShort()));
            case BF16 -> each((bytes, i) -> result[i] = HalfFloats.bf16ToFloat(bytes.getShort()));
            default -> throw new InputException("tensor " + label + " in " + file + " does not hold decimal numbers");
        }
        return result;
    }

    double[] doubles() {
        double[] result = new double[length()];
        switch (dtype) {
            case F64 -> each((bytes, i) -> result[i] = bytes.getDouble());
            case F32 -> each((bytes, i) -> result[i] = bytes.getFloat());
            case F16 -> each((bytes, i) -> result[i] = HalfFloats.f16ToFloat(bytes.getShort()));
            case BF16 -> each((bytes, i) -> result[i] = HalfFloats.bf16ToFloat(bytes.getShort()));
            default -> throw new InputException("tensor " + label + " in " + file + " does not hold decimal numbers");
        }
        return result;
    }

    long[] longs() {
        long[] result = new long[length()];
        switch (dtype) {
            case I64 -> each((bytes, i) -> result[i] = bytes.getLong());
            case I32 -> each((bytes, i) -> result[i] = bytes.getInt());
            case U8 -> each((bytes, i) -> result[i] = bytes.get() & 0xff);
            case BOOL -> each((bytes, i) -> result[i] = bytes.get() != 0 ? 1 : 0);
            default -> throw new InputException("tensor " + label + " in " + file + " does not hold whole numbers");
        }
        return result;
    }

    private int length() {
        if (count > Integer.MAX_VALUE - 8) {
            throw new InputException("tensor " + label + " in " + file + " has more elements than an array can hold");
        }
        return (int) count;
    }

    private void each(Element element) {
        long size = count * dtype.bytes();
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(CHUNK, size)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int i = 0;
            for (long at = 0; at < size; at += piece.limit()) {
                piece.clear().limit((int) Math.min(CHUNK, size - at));
                bytes.read(piece, at);
                piece.flip();
                while (piece.hasRemaining()) {
                    element.take(piece, i++);
                }
            }
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
