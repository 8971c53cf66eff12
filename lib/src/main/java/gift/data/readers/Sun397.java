package gift.data.readers;

import gift.data.ClassNames;
import gift.data.Task;
import gift.io.Folders;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * SUN397: {@code ClassName.txt} names the classes in the order of their labels, as {@code /a/apse/indoor}, where the
 * images {@code sun_*.jpg} of that class lie, with the extension in letters of either size. All classes of the file count; a class is named without the first letter.
 *
 * <p>Images are numbered by path, sorted, and divided 80/20 at random with seed 42. The published code numbers them as
 * the file system lists them, so that its split differs from machine to machine; this one does not.
 */
final class Sun397 {
    private static final String SET = "SUN397";
    private static final Pattern IMAGE = Pattern.compile("(?i)(.*/)?[^./][^/]*\\.(jpe?g|png|gif|bmp|tiff?|webp)");

    private Sun397() {}

    /** @param root the folder of {@code ClassName.txt}, or the one above {@code SUN397} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "ClassName.txt", "", SET);
        Path listing = folder.resolve("ClassName.txt");
        List<String> classes = Layout.lines(SET, listing);
        for (String line : classes) {
            if (!line.matches("/[a-z]/.+")) {
                throw new InputException(SET + ": the line \"" + line + "\" of " + listing
                        + " should be like /a/apse/indoor; fetch the file again");
            }
        }
        return Layout.randomTask(SET, classes, classes.stream().map(Sun397::className).toList(),
                ClassNames.of(SET).templates(), images(folder, new HashSet<>(classes)));
    }

    /** {@code "apse/indoor"} of {@code "/a/apse/indoor"}. */
    private static String className(String line) {
        return line.substring(3).replace('_', ' ');
    }

    private static List<Layout.Entry> images(Path folder, Set<String> classes) {
        return Folders.files(folder).stream().map(path -> folder.relativize(path).toString().replace('\\', '/'))
                .filter(path -> IMAGE.matcher(path).matches()
                        && (name(path).startsWith("sun_") || classes.contains(key(path)))) // other sets may lie beside it
                .sorted()
                .map(path -> entry(folder, path, classes))
                .toList();
    }

    private static Layout.Entry entry(Path folder, String path, Set<String> classes) {
        String key = key(path);
        if (!classes.contains(key)) {
            throw new InputException(SET + ": " + folder.resolve(path) + " lies in no folder that ClassName.txt names");
        }
        if (!name(path).startsWith("sun_")) {
            throw new InputException(SET + ": the image " + folder.resolve(path) + " is none of the archive, whose names"
                    + " begin with sun_; move it away");
        }
        return new Layout.Entry(key, folder.resolve(path));
    }

    /** The class of a path, in the words of ClassName.txt. */
    private static String key(String path) {
        return "/" + path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
