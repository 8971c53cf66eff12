package gift.data;

import gift.io.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * DTD (Describable Textures), partition 1: {@code labels/train1.txt} and {@code labels/test1.txt} list pictures below
 * {@code images/}, as {@code banded/banded_0005.jpg}. The classes are those that the two lists name, sorted: 47 in the
 * original.
 */
final class Dtd {
    private static final String SET = "DTD";

    private Dtd() {}

    /** @param root the folder of {@code labels} and {@code images}, or one or two folders above ({@code dtd/dtd}) */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "labels", "", "dtd", "dtd/dtd");
        return Layout.task(ClassNames.of(SET), list(folder, "train1.txt"), list(folder, "test1.txt"));
    }

    private static List<Layout.Entry> list(Path folder, String listing) {
        Path file = folder.resolve("labels").resolve(listing);
        List<Layout.Entry> entries = new ArrayList<>();
        for (String line : Layout.lines(SET, file)) {
            int slash = line.indexOf('/');
            if (slash <= 0) {
                throw new InputException(SET + ": the line \"" + line + "\" of " + file
                        + " should be class/picture.jpg; fetch the file again");
            }
            entries.add(new Layout.Entry(
                    line.substring(0, slash), Layout.resolve(folder.resolve("images"), line, file)));
        }
        return entries;
    }
}
