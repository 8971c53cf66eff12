package gift.data;

import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One's own pictures: a folder per class, named like the class, with its pictures in it.
 *
 * <p>Every file in a class folder that is not hidden counts as a picture; underscores in folder names become spaces.
 */
public final class ImageFolder {
    private static final List<String> TEMPLATES = List.of("a photo of a {}.");

    private ImageFolder() {}

    /**
     * A task from {@code root/train/<class>/...} and {@code root/test/<class>/...}, named like {@code root}. The
     * classes are the folders of both, sorted; {@link Inspection} reports one that is empty or absent in either.
     *
     * @throws InputException if {@code train} or {@code test} is missing or holds no folders
     */
    public static Task open(Path root) {
        return open(root, TEMPLATES);
    }

    /** As {@link #open(Path)}, with own prompt templates. */
    public static Task open(Path root, List<String> templates) {
        String name = nameOf(root);
        for (String part : List.of("train", "test")) {
            if (!Files.isDirectory(root.resolve(part))) {
                throw new InputException(name + ": no folder " + root.resolve(part)
                        + "; a task needs train/<class>/ and test/<class>/, one folder alone serves for one split");
            }
        }
        List<String> keys = Stream.of("train", "test")
                .flatMap(part -> classFolders(name, root.resolve(part)).stream())
                .distinct()
                .sorted()
                .toList();
        return new Task(
                name,
                dataset(name + "/train", root.resolve("train"), keys),
                dataset(name + "/test", root.resolve("test"), keys),
                templates);
    }

    /**
     * One split from {@code folder/<class>/...}.
     *
     * @throws InputException if {@code folder} is missing or holds no folders
     */
    public static ImageDataset read(Path folder) {
        String name = nameOf(folder);
        return dataset(name, folder, classFolders(name, folder));
    }

    private static String nameOf(Path folder) {
        return Layout.name(folder.toAbsolutePath().normalize());
    }

    private static List<String> classFolders(String name, Path folder) {
        List<String> names = Layout.folders(name, folder).stream().map(Layout::name).toList();
        if (names.isEmpty()) {
            throw new InputException(name + ": no class folders in " + folder + "; make one folder per class in it");
        }
        return names;
    }

    private static FileDataset dataset(String name, Path folder, List<String> keys) {
        List<String> names = keys.stream().map(key -> key.replace('_', ' ')).toList();
        return Layout.dataset(name, keys, names, Layout.entries(name, Layout.folders(name, folder)));
    }
}
