package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.Task;
import java.nio.file.Path;
import java.util.List;

/**
 * Caltech101: one folder per category in {@code 101_ObjectCategories}; {@code BACKGROUND_Google} is no class. Images
 * are numbered as in torchvision, category by category in sorted order, and divided 80/20 at random with seed 42. The
 * classes are the folders present.
 */
final class Caltech101 {
    private static final String SET = "Caltech101";

    private Caltech101() {}

    /** @param root the folder of {@code 101_ObjectCategories}, or the one above {@code caltech101} */
    static Task open(Path root) {
        Path folder = Layout.inner(Layout.find(SET, root, List.of("101_ObjectCategories"), "", "caltech101", "caltech-101",
                "caltech101/caltech-101"));
        List<Path> categories = Layout.classFolders(SET, folder).stream()
                .filter(category -> !DataFiles.name(category).equals("BACKGROUND_Google"))
                .toList();
        return Layout.randomTask(ClassNames.of(SET), categories);
    }
}
