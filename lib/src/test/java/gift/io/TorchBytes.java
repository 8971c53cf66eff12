package gift.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Torch's files put together by hand, instruction by instruction, so that they can be wrong in one place. */
final class TorchBytes {
    static final String ORDERED = "ccollections\nOrderedDict\n)R";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A pickle of protocol 2, not ended. */
    static TorchBytes pickle() {
        return new TorchBytes().raw(0x80, 2);
    }

    TorchBytes raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    /** Instructions that are letters, and names with their line ends. */
    TorchBytes ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    TorchBytes text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ascii("X").little(4, bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    TorchBytes little(int bytes, long value) {
        out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value).array(), 0, bytes);
        return this;
    }

    TorchBytes number(long value) {
        return raw(0x8a, 8).little(8, value);
    }

    TorchBytes numbers(long... values) {
        ascii("(");
        for (long value : values) {
            number(value);
        }
        return ascii("t");
    }

    TorchBytes floats(float... values) {
        for (float value : values) {
            little(4, Float.floatToRawIntBits(value));
        }
        return this;
    }

    /** Where a tensor's numbers are. */
    TorchBytes storage(String type, String key, long count) {
        return ascii("(").text("storage").ascii("ctorch\n" + type + "\n").text(key).text("cpu").number(count).ascii("tQ");
    }

    TorchBytes tensor(String type, String key, long count, long offset, long[] shape, long... strides) {
        return ascii("ctorch._utils\n_rebuild_tensor_v2\n(").storage(type, key, count).number(offset).numbers(shape)
                .numbers(strides).raw(0x89).ascii(ORDERED + "tR");
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** The pickle, ended. */
    byte[] end() {
        return ascii(".").bytes();
    }

    /** A zip archive of a pickle and a storage "0". */
    static Path zip(Path file, byte[] pickle, byte[] storage) {
        return zip(file, "m/data.pkl", pickle, "m/data/0", storage);
    }

    /** A zip archive without compression of names and bytes in turn. */
    static Path zip(Path file, Object... parts) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < parts.length; i += 2) {
                byte[] bytes = (byte[]) parts[i + 1];
                CRC32 crc = new CRC32();
                crc.update(bytes);
                ZipEntry entry = new ZipEntry((String) parts[i]);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(bytes.length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(bytes);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
