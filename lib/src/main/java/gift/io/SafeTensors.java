package gift.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, the format of published weights: named tensors behind a JSON header.
 *
 * <p>Opening reads and checks the header alone; all rules of the format hold afterwards (see the
 * <a href="https://github.com/huggingface/safetensors">format's description</a>). Tensors are read one at a time, on
 * request, so a file may be larger than memory and than 2 GiB.
 *
 * <pre>{@code
 * try (SafeTensors file = SafeTensors.open(path)) {
 *     float[] weight = file.floats("visual.conv1.weight");
 * }
 * }</pre>
 */
public final class SafeTensors implements TensorFile {
    /** Element types that this project reads and writes. */
    public enum DType {
        F64(8), F32(4), F16(2), BF16(2), I64(8), I32(4), U8(1), BOOL(1);

        private final int bytes;

        DType(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes of one element. */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * One tensor of the header.
     *
     * @param shape empty for a scalar
     * @param begin offset of its first byte, counted from the first byte after the header
     * @param end offset after its last byte
     */
    public record Entry(String name, DType dtype, long[] shape, long begin, long end) implements Tensor {
        @Override
        public String toString() {
            return name + " " + dtype + Arrays.toString(shape);
        }
    }

    /** A tensor to write; {@link TensorSource} makes them from arrays. */
    public interface Source {
        String name();

        DType dtype();

        long[] shape();

        /** Writes all bytes, little-endian, in pieces of any size. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    private final Path file;
    private final FileChannel channel;
    private final boolean mappable;
    private final SafeTensorsHeader header;

    private SafeTensors(Path file, FileChannel channel, boolean mappable, SafeTensorsHeader header) {
        this.file = file;
        this.channel = channel;
        this.mappable = mappable;
        this.header = header;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws InputException naming the file and the broken rule
     */
    public static SafeTensors open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no safetensors file at " + file);
        }
        return open(file, Files.isWritable(file));
    }

    static SafeTensors open(Path file, boolean mappable) {
        FileChannel channel = null;
        try {
            channel = openChannel(file, mappable);
            return new SafeTensors(file, channel, mappable, SafeTensorsHeader.read(file, channel));
        } catch (IOException e) {
            closeQuietly(channel);
            throw unreadable(file, e);
        } catch (RuntimeException e) {
            closeQuietly(channel);
            Disguise.refuse(file);
            throw e;
        }
    }

    /** Writes a file, whole or not at all; see {@link SafeTensorsWriter#write}. */
    public static void write(Path file, Map<String, String> metadata, List<? extends Source> tensors) {
        SafeTensorsWriter.write(file, metadata, tensors);
    }

    /** The tensors by name, in the order of their place in the file. */
    @Override
    public Map<String, Entry> entries() {
        return header.entries();
    }

    /** The strings under {@code __metadata__}; empty where there are none. */
    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** The entry of a tensor that must be there. */
    @Override
    public Entry entry(String name) {
        Entry entry = entries().get(name);
        if (entry == null) {
            throw new InputException("no tensor '" + name + "' in " + file);
        }
        return entry;
    }

    /**
     * The bytes of one tensor: a direct little-endian buffer from position 0 to its length.
     *
     * <p>A private memory map: pages are loaded when touched, and writing into the buffer neither fails nor reaches the
     * file (an engine may alias the buffer and work in place). Java maps privately only what it may also write; the
     * bytes of a write-protected file are copied instead. The buffer stays valid after {@link #close}; the file must not
     * be shortened while it is in use.
     *
     * @throws InputException if there is no such tensor, or it has 2 GiB or more
     */
    public ByteBuffer bytes(String name) {
        Entry entry = entry(name);
        long length = entry.end() - entry.begin();
        long start = header.dataStart() + entry.begin();
        if (length > Integer.MAX_VALUE) {
            throw new InputException("tensor " + entry + " in " + file + " has " + length
                    + " bytes, more than one buffer can hold");
        }
        try {
            ByteBuffer bytes;
            if (mappable) {
                bytes = channel.map(MapMode.PRIVATE, start, length);
            } else {
                bytes = ByteBuffer.allocateDirect((int) length);
                readFully(channel, bytes, start);
                bytes.flip();
            }
            return bytes.order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public float[] floats(String name) {
        return elements(entry(name)).floats();
    }

    @Override
    public double[] doubles(String name) {
        return elements(entry(name)).doubles();
    }

    @Override
    public long[] longs(String name) {
        return elements(entry(name)).longs();
    }

    private Elements elements(Entry entry) {
        long start = header.dataStart() + entry.begin();
        return new Elements(file, entry.toString(), entry.dtype(), entry.elements(),
                (into, at) -> readFully(channel, into, start + at));
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    /** Number of elements of a shape; {@link ArithmeticException} if it does not fit a long. */
    static long elements(long[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        while (into.hasRemaining()) {
            int n = channel.read(into, position);
            if (n < 0) {
                throw new EOFException("the file ends early, at byte " + position);
            }
            position += n;
        }
    }

    private static FileChannel openChannel(Path file, boolean writable) throws IOException {
        return writable
                ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(file, StandardOpenOption.READ);
    }

    private static InputException unreadable(Path file, IOException e) {
        return new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
    }

    static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // Nothing was written, so nothing can be lost.
        }
    }
}
