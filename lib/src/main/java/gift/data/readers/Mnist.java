package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.ImageDataset;
import gift.data.RawDataset;
import gift.data.Task;
import gift.io.InputException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * MNIST: handwritten digits, 28 x 28 grey, in the four idx files of the original, packed with gzip or not.
 *
 * <p>An idx file begins with two zero bytes, the type of its values (8: unsigned byte) and the number of dimensions;
 * then each dimension as a big-endian int, then the values. All ten classes count, whichever digits occur.
 */
final class Mnist {
    private static final String SET = "MNIST";

    private Mnist() {}

    /** @param root {@code MNIST/raw}, {@code MNIST}, or the folder that holds {@code MNIST} */
    static Task open(Path root) {
        ClassNames table = ClassNames.of(SET);
        return new Task(SET, read(root, "train", table), read(root, "t10k", table), table.templates());
    }

    private static ImageDataset read(Path root, String part, ClassNames table) {
        Path imageFile = find(root, part + "-images", "idx3-ubyte");
        Path labelFile = find(root, part + "-labels", "idx1-ubyte");
        Idx images = readIdx(imageFile, 3);
        Idx labels = readIdx(labelFile, 1);
        if (images.shape[0] != labels.shape[0]) {
            throw new InputException(SET + ": " + images.shape[0] + " images in " + imageFile + ", but "
                    + labels.shape[0] + " labels in " + labelFile + "; fetch both again");
        }
        String name = SET + (part.equals("train") ? "/train" : "/test");
        int[] classes = IntStream.range(0, labels.values.length).map(i -> labels.values[i] & 0xff).toArray();
        return new RawDataset(name, table.names(), classes, imageFile.toString(), images.shape[2], images.shape[1],
                1, images.values);
    }

    private static Path find(Path root, String name, String kind) {
        DataFiles.requireFolder(SET, root);
        for (String folder : new String[] {"MNIST/raw", "raw", ""}) {
            for (String ending : new String[] {"-" + kind, "-" + kind + ".gz", "." + kind, "." + kind + ".gz"}) {
                Path file = root.resolve(folder).resolve(name + ending);
                // some archives have a folder of the file's name around it
                for (Path candidate : new Path[] {file, file.resolve(name + ending)}) {
                    if (Files.isRegularFile(candidate)) {
                        return candidate;
                    }
                }
            }
        }
        throw new InputException(SET + ": no " + name + "-" + kind + "[.gz] in " + root
                + " or its subfolders raw, MNIST/raw; put the four original files there");
    }

    /** The content of an idx file: {@code values} has the product of {@code shape} elements. */
    private record Idx(int[] shape, byte[] values) {}

    private static Idx readIdx(Path file, int dimensions) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                DataInputStream in = new DataInputStream(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw)) {
            int magic = in.readInt();
            if (magic != (8 << 8 | dimensions)) {
                throw new InputException(String.format(Locale.ROOT, "%s: %s begins with 0x%08x, an idx file of bytes with %d"
                        + " dimensions with 0x%08x; fetch it again", SET, file, magic, dimensions, 8 << 8 | dimensions));
            }
            int[] shape = new int[dimensions];
            double expected = 1;
            for (int d = 0; d < dimensions; d++) {
                shape[d] = in.readInt();
                expected *= shape[d];
            }
            boolean sensible = Arrays.stream(shape).allMatch(length -> length > 0) && expected < Integer.MAX_VALUE - 8;
            if (!sensible) {
                throw new InputException(SET + ": " + file + " claims the shape " + Arrays.toString(shape)
                        + "; fetch it again");
            }
            byte[] values = in.readNBytes((int) expected);
            if (values.length < expected || in.read() >= 0) {
                throw new InputException(SET + ": " + file + " has " + (values.length < expected ? "fewer" : "more")
                        + " values than its shape " + Arrays.toString(shape) + " says; fetch it again");
            }
            return new Idx(shape, values);
        } catch (IOException e) {
            throw Layout.unreadable(SET, file, e);
        }
    }
}
