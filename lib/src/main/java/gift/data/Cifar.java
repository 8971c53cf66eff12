package gift.data;

import gift.io.InputException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CIFAR-10 and CIFAR-100, 32 x 32 colours, in the binary layout. A file is a row of records: the label bytes (one of
 * CIFAR-10; of CIFAR-100 the coarse class, which is left out, then the fine one), then red, green and blue, row by row.
 * All classes count, whichever occur.
 */
final class Cifar {
    private static final int SIDE = 32;
    private static final int PLANES = 3;
    private static final int VALUES = PLANES * SIDE * SIDE;

    private final String set;
    private final String folder;
    private final List<String> train; // of several files those count that are there
    private final String test;
    private final int labelBytes;     // of which the last is the label

    private Cifar(String set, String folder, List<String> train, String test, int labelBytes) {
        this.set = set;
        this.folder = folder;
        this.train = train;
        this.test = test;
        this.labelBytes = labelBytes;
    }

    /** @param root the folder {@code cifar-10-batches-bin}, or the one above */
    static Task open10(Path root) {
        return new Cifar("CIFAR10", "cifar-10-batches-bin", List.of("data_batch_1.bin", "data_batch_2.bin",
                "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"), "test_batch.bin", 1).open(root);
    }

    /** @param root the folder {@code cifar-100-binary}, or the one above */
    static Task open100(Path root) {
        return new Cifar("CIFAR100", "cifar-100-binary", List.of("train.bin"), "test.bin", 2).open(root);
    }

    private Task open(Path root) {
        Path place = Layout.locate(set, root, test, "", folder);
        List<Path> parts = train.stream().map(place::resolve).filter(Files::isRegularFile).toList();
        if (parts.isEmpty()) {
            throw new InputException(set + ": no file " + place.resolve(train.get(0)) + "; unpack the original archive again");
        }
        return new Task(set, read("/train", parts), read("/test", List.of(place.resolve(test))),
                ClassNames.of(set).templates());
    }

    private ImageDataset read(String part, List<Path> files) {
        int record = labelBytes + VALUES;
        List<Integer> counts = new ArrayList<>();
        for (Path file : files) {
            counts.add(count(file, record));
        }
        int size = counts.stream().mapToInt(count -> count).sum();
        int[] labels = new int[size];
        byte[] values = new byte[Math.multiplyExact(size, VALUES)];
        int i = 0;
        for (int f = 0; f < files.size(); f++) {
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(Files.newInputStream(files.get(f)), 1 << 16))) {
                for (int n = 0; n < counts.get(f); n++, i++) {
                    in.skipNBytes(labelBytes - 1);
                    labels[i] = in.readUnsignedByte();
                    in.readFully(values, i * VALUES, VALUES);
                }
            } catch (IOException e) {
                throw Layout.unreadable(set, files.get(f), e);
            }
        }
        Path source = files.size() == 1 ? files.get(0) : files.get(0).getParent();
        return new RawDataset(set + part, ClassNames.of(set).names(), labels, source.toString(), SIDE, SIDE, PLANES, values);
    }

    /** The number of pictures in a file. */
    private int count(Path file, int record) {
        try {
            long bytes = Files.size(file);
            long most = Integer.MAX_VALUE / 6 / VALUES; // so that five files fit one array
            if (bytes == 0 || bytes % record != 0 || bytes / record > most) {
                throw new InputException(set + ": " + file + " has " + bytes + " bytes, which is no sensible number of"
                        + " pictures of " + record + " bytes; fetch it again");
            }
            return (int) (bytes / record);
        } catch (IOException e) {
            throw Layout.unreadable(set, file, e);
        }
    }
}
