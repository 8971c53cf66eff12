package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.ImageDataset;
import gift.data.RawDataset;
import gift.data.Task;
import gift.io.InputException;
import gift.io.PickledDictionary;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * CIFAR-10 and CIFAR-100, 32 x 32 colours. Both layouts give an image as 1024 red, 1024 green and 1024 blue values,
 * row by row:
 *
 * <ul>
 *   <li>Python ({@code cifar-100-python}): pickled dictionaries with {@code data}, an array {@code (images, 3072)}, and
 *       {@code labels} or {@code fine_labels}; the class names are pickled, too
 *   <li>binary ({@code cifar-100-binary}): a row of records, the label bytes (one of CIFAR-10; of CIFAR-100 the coarse
 *       class, which is left out, then the fine one), then the image; the class names stand in a text file
 * </ul>
 *
 * All classes that are named count, whichever occur. Of the five training files of CIFAR-10 those count that are there.
 */
final class Cifar {
    private static final int SIDE = 32;
    private static final int PLANES = 3;
    private static final int VALUES = PLANES * SIDE * SIDE;

    private final String set;
    private final boolean fine; // of CIFAR-100: an image has a coarse class as well

    /** Images as they lie in a file, {@code (labels.length, 3, 32, 32)}. */
    private record Batch(int[] labels, byte[] values) {}

    private Cifar(String set, boolean fine) {
        this.set = set;
        this.fine = fine;
    }

    /** @param root {@code cifar-10-batches-py} or {@code cifar-10-batches-bin}, or the folder above */
    static Task open10(Path root) {
        Cifar cifar = new Cifar("CIFAR10", false);
        Path test = Layout.find(cifar.set, root, List.of("test_batch", "test_batch.bin"), "", "cifar-10-batches-py",
                "cifar-10-batches-bin");
        String ending = isBinary(test) ? ".bin" : "";
        List<Path> train = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> test.resolveSibling("data_batch_" + i + ending)).filter(Files::exists).toList();
        return cifar.open(train.isEmpty() ? List.of(test.resolveSibling("data_batch_1" + ending)) : train, test);
    }

    /** @param root {@code cifar-100-python} or {@code cifar-100-binary}, or the folder above */
    static Task open100(Path root) {
        Cifar cifar = new Cifar("CIFAR100", true);
        Path meta = Layout.find(cifar.set, root, List.of("meta", "test.bin"), "", "cifar-100-python", "cifar-100-binary");
        String ending = isBinary(meta) ? ".bin" : "";
        return cifar.open(List.of(meta.resolveSibling("train" + ending)), meta.resolveSibling("test" + ending));
    }

    private static boolean isBinary(Path file) {
        return DataFiles.name(file).endsWith(".bin");
    }

    private Task open(List<Path> train, Path test) {
        List<String> names = classNames(test);
        return new Task(set, dataset("/train", names, train), dataset("/test", names, List.of(test)),
                ClassNames.of(set).templates());
    }

    /** Those beside a file of images; of the binary layout those of the table, where the text file is missing. */
    private List<String> classNames(Path file) {
        List<String> names;
        if (isBinary(file)) {
            Path text = file.resolveSibling(fine ? "fine_label_names.txt" : "batches.meta.txt");
            names = Files.exists(text) ? Layout.lines(set, text) : ClassNames.of(set).names();
        } else {
            names = PickledDictionary.read(file.resolveSibling(fine ? "meta" : "batches.meta"))
                    .texts(fine ? "fine_label_names" : "label_names");
        }
        return names.stream().map(name -> name.replace('_', ' ')).toList();
    }

    private ImageDataset dataset(String part, List<String> names, List<Path> files) {
        List<Batch> batches = files.stream().map(file -> isBinary(file) ? binary(file) : pickled(file)).toList();
        int[] labels = batches.stream().flatMapToInt(batch -> Arrays.stream(batch.labels)).toArray();
        byte[] values = batches.get(0).values;
        if (batches.size() > 1) {
            values = new byte[Math.multiplyExact(labels.length, VALUES)];
            int next = 0;
            for (Batch batch : batches) {
                System.arraycopy(batch.values, 0, values, next, batch.values.length);
                next += batch.values.length;
            }
        }
        Path source = files.size() == 1 ? files.get(0) : files.get(0).getParent();
        return new RawDataset(set + part, names, labels, source.toString(), SIDE, SIDE, PLANES, values);
    }

    private Batch pickled(Path file) {
        PickledDictionary batch = PickledDictionary.read(file);
        PickledDictionary.Bytes data = batch.bytes("data");
        int[] labels = Arrays.stream(batch.longs(fine ? "fine_labels" : "labels")).mapToInt(label -> (int) label).toArray();
        if (!Arrays.equals(data.shape(), new long[] {labels.length, VALUES})) {
            throw new InputException(set + ": " + file + " has " + labels.length + " labels and images of the shape "
                    + Arrays.toString(data.shape()) + ", not (labels, " + VALUES + "); fetch it again");
        }
        byte[] values = new byte[data.values().remaining()];
        data.values().get(values);
        return new Batch(labels, values);
    }

    private Batch binary(Path file) {
        int labelBytes = fine ? 2 : 1;
        int record = labelBytes + VALUES;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            long bytes = Files.size(file);
            if (bytes == 0 || bytes % record != 0 || bytes > Integer.MAX_VALUE / 2) {
                throw new InputException(set + ": " + file + " has " + bytes + " bytes, which is no sensible number of"
                        + " images of " + record + " bytes; fetch it again");
            }
            int[] labels = new int[(int) (bytes / record)];
            byte[] values = new byte[labels.length * VALUES];
            for (int i = 0; i < labels.length; i++) {
                in.skipNBytes(labelBytes - 1);
                labels[i] = in.readUnsignedByte();
                in.readFully(values, i * VALUES, VALUES);
            }
            return new Batch(labels, values);
        } catch (IOException e) {
            throw Layout.unreadable(set, file, e);
        }
    }
}
