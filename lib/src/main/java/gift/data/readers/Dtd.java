package gift.data.readers;

import gift.data.ClassNames;
import gift.data.Task;
import java.nio.file.Path;

/**
 * DTD (Describable Textures), partition 1: {@code labels/train1.txt} and {@code labels/test1.txt} list images below
 * {@code images/}, as {@code banded/banded_0005.jpg}. The classes are those that the two lists name, sorted: 47 in the
 * original.
 */
final class Dtd {
    private static final String SET = "DTD";

    private Dtd() {}

    /** @param root the folder of {@code labels} and {@code images}, or one or two folders above ({@code dtd/dtd}) */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "labels", "", "dtd", "dtd/dtd");
        Path images = Layout.inner(folder.resolve("images"));
        return Layout.task(ClassNames.of(SET), Layout.listed(SET, images, folder.resolve("labels/train1.txt")),
                Layout.listed(SET, images, folder.resolve("labels/test1.txt")));
    }
}
