package gift.data.packed;

import gift.data.packed.PackedImages.Checked;
import gift.data.packed.PackedImages.Head;
import gift.image.Image;
import gift.image.Preprocess;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.RandomStream;
import gift.train.Prefetch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntConsumer;

/** Decodes all images of a list into one file of {@link PackedImages}, on several threads. */
final class Packing {
    private static final int CHUNK = 16;   // images that a worker makes at a time
    private static final int SAMPLED = 32; // compared with their files
    private static final int SIZE = 224;

    private final ImageList list;
    private final PackKind kind;
    private final boolean[] sampled;

    private double differences;
    private long values;
    private int largest;

    Packing(ImageList list, PackKind kind) {
        if (!list.inFiles()) {
            throw new InputException(list.name() + ": its images are no files of their own but in memory as soon as it"
                    + " is open; packing would gain nothing");
        }
        this.list = list;
        this.kind = kind;
        this.sampled = new boolean[list.size()];
        for (int i : sample(list.size())) {
            sampled[i] = true;
        }
    }

    /** The same items at every call, in order. */
    static int[] sample(int size) {
        int[] some = Arrays.copyOf(RandomStream.of(0, "packed sample").permutation(size), Math.min(SAMPLED, size));
        Arrays.sort(some);
        return some;
    }

    /** Bytes that the file will have, estimated from the sample. */
    long estimate() {
        int[] some = sample(list.size());
        long bytes = Arrays.stream(some).mapToLong(i -> kind.of(list.image(i)).rgb().length).sum();
        return (bytes / some.length + PackedImages.ENTRY) * list.size();
    }

    /**
     * Writes the file, whole or not at all, and reads some of it back.
     *
     * @param progress is told how many images are done
     * @throws InputException naming an image that cannot be read, or if the disk is too small
     */
    PackedImages write(Path file, IntConsumer progress) {
        requireSpace(file);
        String names = list.sha256();
        AtomicFiles.writeChannel(file, channel -> write(channel, names, progress));
        try {
            PackedImages packed = PackedImages.open(file);
            packed.verify(list, sample(list.size()));
            return packed;
        } catch (InputException e) {
            discard(file);
            throw e;
        }
    }

    private void requireSpace(Path file) {
        long needed = estimate();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            long free = Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
            if (needed > free) {
                throw new InputException(String.format(Locale.ROOT,
                        "%s: packed it takes about %.1f GB, and %.1f GB are free at %s; a limit on the shorter side saves much",
                        list.name(), needed / 1e9, free / 1e9, file.toAbsolutePath().getParent()));
            }
        } catch (IOException e) {
            throw new InputException("cannot write to " + file.toAbsolutePath().getParent() + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new InputException("cannot delete the unsound " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** What a worker makes of a file. */
    private record Made(Image image, int checksum, ImageList.Stamp stamp, Image original) {}

    private Made[] make(int chunk) {
        int from = chunk * CHUNK;
        Made[] made = new Made[Math.min(CHUNK, list.size() - from)];
        for (int k = 0; k < made.length; k++) {
            ImageList.Stamp stamp = list.stamp(from + k); // before it is read, so that a later change is noticed
            Image original = list.image(from + k);
            Image image = kind.of(original);
            if (image.rgb().length > PackedImages.WINDOW) {
                throw new InputException(list.source(from + k) + ": an image of " + image.width() + " x "
                        + image.height() + " is too large to pack");
            }
            made[k] = new Made(image, PackedImages.checksum(image.rgb()), stamp, sampled[from + k] ? original : null);
        }
        return made;
    }

    private void write(FileChannel channel, String names, IntConsumer progress) throws IOException {
        ByteBuffer index = ByteBuffer.allocate(Math.multiplyExact(PackedImages.ENTRY, list.size()));
        long at = PackedImages.HEADER;
        int chunks = (list.size() + CHUNK - 1) / CHUNK;
        try (Prefetch<Made[]> workers = new Prefetch<>(this::make, chunks)) {
            for (int c = 0; c < chunks; c++) {
                for (Made made : workers.get(c)) {
                    write(channel, at, ByteBuffer.wrap(made.image.rgb()));
                    index.putLong(at).putInt(made.image.width()).putInt(made.image.height()).putInt(made.checksum)
                            .putInt(0).putLong(made.stamp.bytes()).putLong(made.stamp.changed());
                    at += made.image.rgb().length;
                    compare(made);
                }
                progress.accept(Math.min(list.size(), (c + 1) * CHUNK));
            }
        }
        Checked checked = new Checked(sample(list.size()).length, values == 0 ? 0 : differences / values, largest);
        byte[] head = Json.line(new Head(list.name(), kind, list.size(), names, checked)).getBytes(StandardCharsets.UTF_8);
        ByteBuffer tail = ByteBuffer.allocate(index.capacity() + head.length).put(index.flip()).put(head);
        write(channel, at, tail.flip());
        ByteBuffer header = ByteBuffer.allocate(PackedImages.HEADER).put(PackedImages.MAGIC).putLong(at)
                .putInt(list.size()).putInt(head.length).put(HexFormat.of().parseHex(Hashes.sha256(tail.array())));
        write(channel, 0, header.rewind());
    }

    private static void write(FileChannel channel, long at, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** The difference that a limit makes; of exact kinds there is none. */
    private void compare(Made made) {
        if (made.original == null || kind.isExact()) {
            return;
        }
        byte[] expected = Preprocess.resize(made.original, SIZE, SIZE).rgb();
        byte[] found = Preprocess.resize(made.image, SIZE, SIZE).rgb();
        for (int i = 0; i < expected.length; i++) {
            int levels = Math.abs((expected[i] & 0xff) - (found[i] & 0xff));
            differences += levels;
            largest = Math.max(largest, levels);
        }
        values += expected.length;
    }
}
