package gift.study;

import gift.data.ImageDataset;
import gift.data.PairDataset;
import gift.io.Hashes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntFunction;

/**
 * Fingerprints of lists of images: what each is called and what it shows, not its pixels. Names are relative to the
 * folder of the data, which may be moved.
 */
final class DataLists {
    private DataLists() {}

    /** SHA-256 of the class names and of label and name of every image. */
    static String sha256(ImageDataset data, Path root) {
        return sha256(String.join("\t", data.classNames()), data.size(), root, i -> data.label(i) + "\t" + data.source(i));
    }

    /** SHA-256 of text and name of every image. */
    static String sha256(PairDataset pairs, Path root) {
        return sha256("", pairs.size(), root, i -> pairs.text(i) + "\t" + pairs.source(i));
    }

    private static String sha256(String head, int size, Path root, IntFunction<String> line) {
        String prefix = "\t" + root;
        StringBuilder text = new StringBuilder(head).append('\n');
        for (int i = 0; i < size; i++) {
            text.append(line.apply(i).replace(prefix, "\t").replace('\\', '/')).append('\n');
        }
        return Hashes.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
