package gift.doctor;

import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.PairDataset;
import gift.image.Image;
import gift.io.Hashes;
import gift.io.InputException;
import gift.tensor.RandomStream;
import gift.train.Progress;
import gift.train.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Decodes images on several threads and collects what is wrong with them. A quick pass decodes a fixed random sample, and
 * reads only the beginning of the other files.
 */
final class Pass {
    private static final int SAMPLE = 100;         // images that a quick pass decodes
    private static final int BEGINNING = 16 << 10; // bytes of the others

    private final boolean quick;
    private final int workers;

    Pass(boolean quick, int workers) {
        this.quick = quick;
        this.workers = workers;
    }

    boolean isQuick() {
        return quick;
    }

    int workers() {
        return workers;
    }

    /** What is wrong with the images of a data set, a line each; what they hold is noted in {@code hashes}. */
    List<String> problems(ImageDataset data, ContentHashes hashes) {
        return problems(data.name(), data.size(), i -> hashes.take(i, data.image(i)), data::source, hashes);
    }

    /** What is wrong with images of pairs; {@code seen} gets every one that was decoded. */
    List<String> problems(PairDataset pairs, Seen seen) {
        return problems(pairs.name(), pairs.size(), i -> seen.take(i, pairs.image(i)), pairs::source, null);
    }

    /** Is handed a decoded image. */
    @FunctionalInterface
    interface Seen {
        Image take(int i, Image image);
    }

    private List<String> problems(String name, int size, IntFunction<Image> image, IntFunction<String> source,
            ContentHashes hashes) {
        boolean files = size > 0 && Files.isRegularFile(Path.of(source.apply(0)));
        boolean[] whole = new boolean[size];
        if (quick && files) {
            int[] order = RandomStream.of(0, "doctor").permutation(size);
            Arrays.stream(order, 0, Math.min(SAMPLE, size)).forEach(i -> whole[i] = true);
        } else {
            Arrays.fill(whole, true);
        }
        ForkJoinPool pool = new ForkJoinPool(workers);
        try (Progress progress = new Progress(name, size, 0)) {
            IntFunction<Image> look = i -> {
                if (Stop.requested()) {
                    return null; // quickly to the end
                }
                Image found = whole[i] ? image.apply(i) : null;
                if (files && quick) {
                    String beginning = beginning(Path.of(source.apply(i)));
                    if (hashes != null) {
                        hashes.take(i, beginning);
                    }
                }
                synchronized (progress) {
                    progress.step(workers + " workers");
                }
                return found;
            };
            List<String> problems = pool.submit(() -> Inspection.imageProblems(name, size, look, source)).join();
            Stop.check();
            return problems;
        } finally {
            pool.shutdown();
        }
    }

    /** Size and hash of a file's beginning, which must be that of an image. */
    private static String beginning(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(BEGINNING);
            boolean known = head.length > 12 && IntStream.of(0xFFD8, 0x8950, 0x4749, 0x424D, 0x4949, 0x4D4D)
                    .anyMatch(magic -> ((head[0] & 0xff) << 8 | head[1] & 0xff) == magic); // JPEG PNG GIF BMP TIFF
            if (!known) {
                throw new InputException(head.length == 0 ? "empty: " + file : "not an image in a known format: " + file);
            }
            return Files.size(file) + " " + Hashes.sha256(head);
        } catch (IOException e) {
            throw new InputException("no image at " + file, e);
        }
    }
}
