package gift.io;

import gift.io.SafeTensors.DType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the few instructions of protocol 2 that a checkpoint needs; {@link Pickle} reads them. */
final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        put(0x80, 2);
    }

    void mark() {
        put('(');
    }

    void emptyDictionary() {
        put('}');
    }

    void orderedDictionary() {
        name("collections", "OrderedDict");
        put(')', 'R');
    }

    /** Puts the key and the value on top into the dictionary below them. */
    void setItem() {
        put('s');
    }

    /** Puts the keys and values since the mark into the dictionary below it. */
    void setItems() {
        put('u');
    }

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        put('X');
        little(Integer.BYTES, bytes.length);
        out.writeBytes(bytes);
    }

    /** A tensor that fills its own storage, row by row. */
    void tensor(DType dtype, String key, long[] shape) {
        name("torch._utils", "_rebuild_tensor_v2");
        mark();
        mark();
        text("storage");
        name("torch", TorchNames.storageOf(dtype));
        text(key);
        text("cpu");
        number(SafeTensors.elements(shape));
        put('t', 'Q');                     // the storage
        number(0);                         // its first element
        numbers(shape);
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= Math.max(1, shape[d]); // as torch counts them where a dimension is empty
        }
        numbers(strides);
        put(0x89);                         // needs no gradient
        orderedDictionary();               // hooks
        put('t', 'R');
    }

    /** Ends the pickle and gives its bytes. */
    byte[] end() {
        put('.');
        return out.toByteArray();
    }

    private void name(String module, String name) {
        put('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void numbers(long[] values) {
        mark();
        for (long value : values) {
            number(value);
        }
        put('t');
    }

    private void number(long value) {
        if (value >= 0 && value <= Integer.MAX_VALUE) {
            put('J');
            little(Integer.BYTES, value);
        } else {
            put(0x8a, Long.BYTES);
            little(Long.BYTES, value);
        }
    }

    private void little(int bytes, long value) {
        out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value).array(), 0, bytes);
    }

    private void put(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }
}
