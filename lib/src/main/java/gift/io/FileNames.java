package gift.io;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether this Java can spell the names of files. It takes their encoding from the locale in which it is started, and
 * cannot change it later. In the C locale all letters beyond ASCII are read as the same mark, so that two class folders can
 * look alike. Windows keeps names in Unicode whatever the locale is.
 */
public final class FileNames {
    private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

    private FileNames() {}

    /** One line that says that names beyond ASCII cannot be read, and what mends it; empty where they can. */
    public static Optional<String> problem() {
        return problem(ENCODING, File.separatorChar == '\\');
    }

    static Optional<String> problem(String encoding, boolean windows) {
        if (windows || encoding.equalsIgnoreCase("UTF-8") || encoding.equalsIgnoreCase("UTF8")) {
            return Optional.empty();
        }
        return Optional.of("this Java was started in a locale that spells file names in " + encoding + ", not in UTF-8: names"
                + " with letters beyond ASCII cannot be read; start it by environment/gift or with LC_ALL=C.UTF-8");
    }

    /**
     * Passes names of ASCII letters, and any name where names are UTF-8.
     *
     * @param file from the listing of a folder
     * @throws InputException if the name may be another one than this Java says
     */
    public static Path require(Path file) {
        if (!file.toString().chars().allMatch(c -> c < 128)) {
            problem().ifPresent(text -> {
                throw new InputException(file + ": " + text);
            });
        }
        return file;
    }
}
