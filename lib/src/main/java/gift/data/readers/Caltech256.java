package gift.data.readers;

import gift.data.DataFiles;
import gift.data.Task;
import java.nio.file.Path;
import java.util.List;

/**
 * Caltech-256: a folder a category in {@code 256_ObjectCategories}, such as {@code 002.american-flag}; {@code 257.clutter} is no
 * class. A class is named like its folder without the number and what says that it is one of Caltech101's ({@code -101}), with
 * spaces for hyphens. No split was published with it: the images are divided 80/20 at random with seed 42, as those of Caltech101.
 */
final class Caltech256 {
    private static final String SET = "Caltech256";
    private static final String CLUTTER = "257.clutter";
    private static final String FOLDER = "256_ObjectCategories";

    private Caltech256() {}

    /** @param root the folder of {@code 256_ObjectCategories}, or the one above {@code caltech256} */
    static Task open(Path root) {
        Path folder = Layout.inner(Layout.find(SET, root, List.of(FOLDER), "", "caltech256", "caltech-256", SET));
        List<Path> folders = Layout.classFolders(SET, folder).stream()
                .filter(category -> !DataFiles.name(category).equals(CLUTTER)).toList();
        List<String> keys = folders.stream().map(DataFiles::name).toList();
        return Layout.randomTask(SET, keys, keys.stream().map(Caltech256::className).toList(), List.of("a photo of a {}."),
                Layout.entries(SET, folders));
    }

    static String className(String folder) {
        return folder.replaceFirst("^\\d+\\.", "").replaceFirst("-101$", "").replace('-', ' ');
    }
}
