package gift.data.packed;

import gift.image.Picture;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Decoded pictures in one file, read through a memory map: what costs milliseconds of decoding costs a copy. Several
 * threads may read.
 *
 * <p>Layout, numbers big-endian: {@code "GIFTPICS"}, place of the index (8 bytes), number of pictures (4), length of the
 * head (4), SHA-256 of index and head (32), 8 zeros; the pictures' RGB bytes one after the other; the index, for each
 * picture place (8), width (4), height (4), CRC-32C of its bytes (4), 4 zeros, size (8) and time (8) of the file that it
 * was decoded from; the {@link Head} as JSON.
 */
public final class PackedPictures {
    static final byte[] MAGIC = "GIFTPICS".getBytes(StandardCharsets.US_ASCII);
    static final int HEADER = 64;
    static final int ENTRY = 40;
    /** The map is made of windows that begin at its multiples and overlap by one picture. */
    static final long WINDOW = 1L << 30;

    /**
     * What the file says of itself.
     *
     * @param name of the split
     * @param pictures their number
     * @param list SHA-256 of the names of the pictures' files in their order
     * @param checked how far it is from the files
     */
    record Head(String name, PackKind kind, int pictures, String list, Checked checked) {}

    /**
     * Of some pictures, resized whole to 224 x 224 from the file and from what is packed: the difference.
     *
     * @param pictures how many were compared
     * @param mean over all values, in levels of 255
     * @param largest in levels
     */
    public record Checked(int pictures, double mean, int largest) {}

    private final Path file;
    private final Head head;
    private final ByteBuffer index;
    private final MappedByteBuffer[] windows;
    private final long window;

    private PackedPictures(Path file, Head head, ByteBuffer index, MappedByteBuffer[] windows, long window) {
        this.file = file;
        this.head = head;
        this.index = index;
        this.windows = windows;
        this.window = window;
    }

    /** @throws InputException if the file is missing, cut off or damaged; pictures are checked as they are read */
    public static PackedPictures open(Path file) {
        return open(file, WINDOW);
    }

    static PackedPictures open(Path file, long window) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no packed pictures at " + file);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = read(channel, 0, HEADER);
            byte[] magic = new byte[MAGIC.length];
            header.get(magic);
            long at = header.getLong();
            int pictures = header.getInt();
            int headLength = header.getInt();
            byte[] sha = new byte[32];
            header.get(sha);
            long indexLength = (long) ENTRY * pictures;
            if (!Arrays.equals(magic, MAGIC) || pictures < 1 || headLength < 2 || at < HEADER
                    || at + indexLength + headLength != channel.size() || indexLength + headLength > Integer.MAX_VALUE) {
                throw damaged(file, "it is none, or cut off", null);
            }
            ByteBuffer tail = read(channel, at, (int) indexLength + headLength);
            if (!Hashes.sha256(tail.array()).equals(HexFormat.of().formatHex(sha))) {
                throw damaged(file, "its index has changed", null);
            }
            byte[] json = Arrays.copyOfRange(tail.array(), (int) indexLength, tail.capacity());
            Head head = Json.convert(file.toString(),
                    Json.parse(file.toString(), new String(json, StandardCharsets.UTF_8)), Head.class);
            ByteBuffer index = tail.slice(0, (int) indexLength);
            return new PackedPictures(file, head, index, map(channel, at, window, largest(index)), window);
        } catch (IOException | BufferUnderflowException e) {
            throw damaged(file, e.toString(), e);
        }
    }

    private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
            continue; // as much as there is
        }
        return bytes.flip();
    }

    private static int largest(ByteBuffer index) {
        return IntStream.range(0, index.capacity() / ENTRY)
                .map(i -> 3 * index.getInt(ENTRY * i + 8) * index.getInt(ENTRY * i + 12)).max().orElseThrow();
    }

    private static MappedByteBuffer[] map(FileChannel channel, long end, long window, int largest) throws IOException {
        MappedByteBuffer[] windows = new MappedByteBuffer[(int) ((end + window - 1) / window)];
        for (int w = 0; w < windows.length; w++) {
            windows[w] = channel.map(FileChannel.MapMode.READ_ONLY, w * window, Math.min(window + largest, end - w * window));
        }
        return windows;
    }

    private static InputException damaged(Path file, String what, Exception cause) {
        return new InputException("no sound packed pictures at " + file + ": " + what + "; delete it and pack again", cause);
    }

    /**
     * Picture {@code i} as it was packed.
     *
     * @throws InputException if its bytes are not those that were written
     */
    public Picture picture(int i) {
        int entry = ENTRY * Objects.checkIndex(i, size());
        long at = index.getLong(entry);
        int width = index.getInt(entry + 8);
        int height = index.getInt(entry + 12);
        byte[] rgb = new byte[3 * width * height];
        windows[(int) (at / window)].get((int) (at % window), rgb);
        if (checksum(rgb) != index.getInt(entry + 16)) {
            throw damaged(file, "picture " + i + " has changed", null);
        }
        return new Picture(width, height, rgb);
    }

    static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Number of pictures. */
    public int size() {
        return head.pictures;
    }

    public PackKind kind() {
        return head.kind;
    }

    /** What the comparison with the files came to when they were packed. */
    public Checked checked() {
        return head.checked;
    }

    Path file() {
        return file;
    }

    /** What identifies picture {@code i}: kind, size and checksum. */
    String contents(int i) {
        int entry = ENTRY * i;
        return "packed " + head.kind.form() + " " + head.kind.side() + " " + index.getInt(entry + 8) + " "
                + index.getInt(entry + 12) + " " + Integer.toHexString(index.getInt(entry + 16));
    }

    /**
     * @return why it does not stand for the pictures of a list any more: other pictures, or files that have changed since;
     *     null if it does
     */
    String stale(PictureList list) {
        if (list.size() != size() || !list.sha256().equals(head.list)) {
            return "it was packed from another list of pictures, " + size() + " in place of " + list.size();
        }
        int[] changed = IntStream.range(0, size()).parallel().filter(i -> {
            PictureList.Stamp now = list.stamp(i);
            return now.bytes() != index.getLong(ENTRY * i + 24) || now.changed() != index.getLong(ENTRY * i + 32);
        }).toArray();
        return changed.length == 0 ? null : changed.length + " of " + size()
                + " files have changed since they were packed, the first " + list.source(changed[0]);
    }

    /**
     * Decodes some files anew and compares, all values.
     *
     * @param items numbers of pictures
     * @throws InputException naming the first picture that differs
     */
    void verify(PictureList list, int[] items) {
        for (int i : items) {
            Picture expected = head.kind.of(list.picture(i));
            Picture found = picture(i);
            if (expected.width() != found.width() || !Arrays.equals(expected.rgb(), found.rgb())) {
                throw damaged(file, "picture " + i + " is not what " + list.source(i) + " decodes to", null);
            }
        }
    }
}
