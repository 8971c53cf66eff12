package gift.data.readers;

import gift.data.DataFiles;
import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * One's own images: a folder per class, named like the class, with its images in it. {@link FolderSet} knows further
 * layouts.
 *
 * <p>Every file in a class folder that is not hidden counts as an image; underscores in folder names become spaces.
 */
public final class ImageFolder {
    private ImageFolder() {}

    /**
     * A task from {@code root/train/<class>/...} and {@code root/test/<class>/...}, named like {@code root}. The
     * classes are the folders of both, sorted; {@link Inspection} reports one that is empty or absent in either.
     *
     * @throws InputException if {@code train} or {@code test} is missing or holds no folders
     */
    public static Task open(Path root) {
        return FolderSet.DEFAULT.open(nameOf(root), root);
    }

    /**
     * One split from {@code folder/<class>/...}.
     *
     * @throws InputException if {@code folder} is missing or holds no folders
     */
    public static ImageDataset read(Path folder) {
        String name = nameOf(folder);
        List<Path> classes = classFolders(name, folder);
        List<String> keys = classes.stream().map(DataFiles::name).toList();
        return Layout.dataset(name, keys, keys.stream().map(ImageFolder::className).toList(), Layout.entries(name, classes));
    }

    /** The class that a folder is named for. */
    static String className(String folder) {
        return folder.replace('_', ' ');
    }

    static List<Path> classFolders(String name, Path folder) {
        List<Path> folders = Layout.classFolders(name, folder);
        if (folders.isEmpty()) {
            throw new InputException(name + ": no class folders in " + folder + "; make one folder per class in it");
        }
        return folders;
    }

    private static String nameOf(Path folder) {
        return DataFiles.name(folder.toAbsolutePath().normalize());
    }
}
