package gift.data.packed;

import com.fasterxml.jackson.annotation.JsonProperty;
import gift.image.Image;
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
 * Decoded images in one file, read through a memory map: what costs milliseconds of decoding costs a copy. Several
 * threads may read.
 *
 * <p>Layout, numbers big-endian: {@code "GIFTPICS"}, place of the index (8 bytes), number of images (4), length of the
 * head (4), SHA-256 of index and head (32), 8 zeros; the images' RGB bytes one after the other; the index, for each
 * image place (8), width (4), height (4), CRC-32C of its bytes (4), 4 zeros, size (8) and time (8) of the file that it
 * was decoded from; the {@link Head} as JSON.
 */
public final class PackedImages {
    static final byte[] MAGIC = "GIFTPICS".getBytes(StandardCharsets.US_ASCII);
    static final int HEADER = 64;
    static final int ENTRY = 40;
    /** The map is made of windows that begin at its multiples and overlap by one image. */
    static final long WINDOW = 1L << 30;

    /**
     * What the file says of itself.
     *
     * @param name of the split
     * @param images their number
     * @param list SHA-256 of the names of the images' files in their order
     * @param checked how far it is from the files
     */
    record Head(String name, PackKind kind, @JsonProperty("pictures") int images, String list, Checked checked) {}

    /**
     * Of some images, resized whole to 224 x 224 from the file and from what is packed: the difference.
     *
     * @param images how many were compared
     * @param mean over all values, in levels of 255
     * @param largest in levels
     */
    public record Checked(@JsonProperty("pictures") int images, double mean, int largest) {}

    private final Path file;
    private final Head head;
    private final ByteBuffer index;
    private final MappedByteBuffer[] windows;
    private final long window;

    private PackedImages(Path file, Head head, ByteBuffer index, MappedByteBuffer[] windows, long window) {
        this.file = file;
        this.head = head;
        this.index = index;
        this.windows = windows;
        this.window = window;
    }

    /** @throws InputException if the file is missing, cut off or damaged; images are checked as they are read */
    public static PackedImages open(Path file) {
        return open(file, WINDOW);
    }

    static PackedImages open(Path file, long window) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no packed images at " + file);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = read(channel, 0, HEADER);
            byte[] magic = new byte[MAGIC.length];
            header.get(magic);
            long at = header.getLong();
            int images = header.getInt();
            int headLength = header.getInt();
            byte[] sha = new byte[32];
            header.get(sha);
            long indexLength = (long) ENTRY * images;
            if (!Arrays.equals(magic, MAGIC) || images < 1 || headLength < 2 || at < HEADER
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
            return new PackedImages(file, head, index, map(channel, at, window, largest(index)), window);
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
        return new InputException("no sound packed images at " + file + ": " + what + "; delete it and pack again", cause);
    }

    /**
     * Image {@code i} as it was packed.
     *
     * @throws InputException if its bytes are not those that were written
     */
    public Image image(int i) {
        int entry = ENTRY * Objects.checkIndex(i, size());
        long at = index.getLong(entry);
        int width = index.getInt(entry + 8);
        int height = index.getInt(entry + 12);
        byte[] rgb = new byte[3 * width * height];
        windows[(int) (at / window)].get((int) (at % window), rgb);
        if (checksum(rgb) != index.getInt(entry + 16)) {
            throw damaged(file, "image " + i + " has changed", null);
        }
        return new Image(width, height, rgb);
    }

    static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Number of images. */
    public int size() {
        return head.images;
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

    /** What identifies image {@code i}: kind, size and checksum. */
    String contents(int i) {
        int entry = ENTRY * i;
        return "packed " + head.kind.form() + " " + head.kind.side() + " " + index.getInt(entry + 8) + " "
                + index.getInt(entry + 12) + " " + Integer.toHexString(index.getInt(entry + 16));
    }

    /**
     * @return why it does not stand for the images of a list any more: other images, or files that have changed since;
     *     null if it does
     */
    String stale(ImageList list) {
        if (list.size() != size() || !list.sha256().equals(head.list)) {
            return "it was packed from another list of images, " + size() + " in place of " + list.size();
        }
        int[] changed = IntStream.range(0, size()).parallel().filter(i -> {
            ImageList.Stamp now = list.stamp(i);
            return now.bytes() != index.getLong(ENTRY * i + 24) || now.changed() != index.getLong(ENTRY * i + 32);
        }).toArray();
        return changed.length == 0 ? null : changed.length + " of " + size()
                + " files have changed since they were packed, the first " + list.source(changed[0]);
    }

    /**
     * Decodes some files anew and compares, all values.
     *
     * @param items numbers of images
     * @throws InputException naming the first image that differs
     */
    void verify(ImageList list, int[] items) {
        for (int i : items) {
            Image expected = head.kind.of(list.image(i));
            Image found = image(i);
            if (expected.width() != found.width() || !Arrays.equals(expected.rgb(), found.rgb())) {
                throw damaged(file, "image " + i + " is not what " + list.source(i) + " decodes to", null);
            }
        }
    }
}
