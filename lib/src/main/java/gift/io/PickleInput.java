package gift.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The bytes of one or more pickles within a file, read forward. Nothing is allocated before it is known that so many
 * bytes are there.
 */
final class PickleInput {
    private static final int MAX_STRING = 1 << 20; // bytes; the names of tensors, classes and images are far shorter
    private static final int MAX_TEXT = 1 << 24; // bytes of all strings together
    private static final int MAX_LINE = 256;

    private final Path file;
    private final FileChannel channel;
    private final long end;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).flip();
    private long next; // where the file is read when the buffer is empty
    private int text;

    /** The bytes from {@code start} to before {@code end}. */
    PickleInput(Path file, FileChannel channel, long start, long end) {
        this.file = file;
        this.channel = channel;
        this.next = start;
        this.end = end;
    }

    /** Offset in the file of the byte that is read next. */
    long position() {
        return next - buffer.remaining();
    }

    /** What to throw where the content breaks a rule. */
    InputException bad(String what) {
        return new InputException(file + " is no valid checkpoint: " + what);
    }

    int u8() {
        return need(1).get() & 0xff;
    }

    int u16() {
        return need(2).getShort() & 0xffff;
    }

    int i32() {
        return need(4).getInt();
    }

    long u32() {
        return need(4).getInt() & 0xffffffffL;
    }

    long i64() {
        return need(8).getLong();
    }

    /** The one number that pickles write with its highest byte first. */
    double f64() {
        return Double.longBitsToDouble(Long.reverseBytes(i64()));
    }

    /** A short string of bytes. */
    byte[] bytes(long length) {
        require(length);
        text += (int) Math.min(length, MAX_STRING);
        if (length > MAX_STRING || text > MAX_TEXT) {
            throw bad("its strings are longer than those of a checkpoint");
        }
        byte[] result = new byte[(int) length];
        for (int at = 0; at < result.length; ) {
            int n = Math.min(result.length - at, need(1).remaining());
            buffer.get(result, at, n);
            at += n;
        }
        return result;
    }

    String utf8(long length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(length))).toString();
        } catch (CharacterCodingException e) {
            throw bad("one of its strings is not UTF-8");
        }
    }

    /** A line of ASCII without its end. */
    String line() {
        StringBuilder line = new StringBuilder();
        for (int c = u8(); c != '\n'; c = u8()) {
            if (line.length() == MAX_LINE || c < ' ' || c > '~') {
                throw bad("it has a name that is none, before byte " + position());
            }
            line.append((char) c);
        }
        return line.toString();
    }

    /** Passes over bytes that must be there, and says where they begin. */
    long skip(long length) {
        require(length);
        long start = position();
        next = start + length;
        buffer.limit(0);
        return start;
    }

    /** Requires that so many bytes are left. */
    void require(long length) {
        if (length < 0 || length > end - position()) {
            throw bad(Long.toUnsignedString(length) + " bytes should follow byte " + position() + ", but it ends after "
                    + (end - position()));
        }
    }

    private ByteBuffer need(int length) {
        if (buffer.remaining() < length) {
            require(length);
            long start = position();
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - start));
            try {
                SafeTensors.readFully(channel, buffer, start);
            } catch (IOException e) {
                throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
            }
            buffer.flip();
            next = start + buffer.limit();
        }
        return buffer;
    }
}
