package gift.data;

import gift.io.FileNames;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Files and folders that a data set is read from: their names, and what to say where they are not there. */
public final class DataFiles {
    private DataFiles() {}

    /**
     * The file of an image that a list names: where it is not there, the one beside it whose extension has letters of the
     * other size ({@code .JPG} for {@code .jpg}), if that is there.
     */
    public static Path image(Path listed) {
        String name = name(listed);
        int dot = name.lastIndexOf('.');
        if (dot < 0 || Files.exists(listed)) {
            return listed;
        }
        String extension = name.substring(dot);
        String lower = extension.toLowerCase(Locale.ROOT);
        Path other = listed.resolveSibling(name.substring(0, dot)
                + (extension.equals(lower) ? extension.toUpperCase(Locale.ROOT) : lower));
        return Files.exists(other) ? other : listed;
    }

    /** The last name of a path; of a root the path itself. */
    public static String name(Path file) {
        return String.valueOf(file.getFileName() == null ? file : file.getFileName());
    }

    /**
     * What a file names by a path: beside it or, where that does not exist, below the folder of the data sets, there or not.
     *
     * @param folder of the file
     * @param data folder of the data sets, or null
     */
    public static Path beside(Path folder, String path, Path data) {
        Path beside = folder.resolve(path).normalize();
        return data == null || Files.exists(beside) ? beside : data.resolve(path).normalize();
    }

    /**
     * Refuses a folder that is not there.
     *
     * @param set name of the data set, for the message
     * @throws InputException if there is no such folder
     */
    public static void requireFolder(String set, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InputException(set + ": no folder " + folder + "; give the folder that holds the data set");
        }
    }

    /**
     * The path {@code base/relative} for a name that stands in {@code listing}.
     *
     * @throws InputException naming the listing, if no file can have that name
     */
    public static Path resolve(Path base, String relative, Path listing) {
        try {
            return base.resolve(relative);
        } catch (InvalidPathException e) {
            throw new InputException("not a file name in " + listing + ": " + relative
                    + FileNames.problem().map(problem -> "; " + problem).orElse(""), e);
        }
    }
}
