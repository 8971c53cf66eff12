package gift.data.readers;

import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Caltech-UCSD Birds-200-2011. {@code images.txt} numbers the images, {@code train_test_split.txt} says by the same numbers
 * which are for training (1) and which for testing (0), {@code classes.txt} lists the classes, folders of {@code images} such
 * as {@code 001.Black_footed_Albatross}. A class is named like its folder without the number, with spaces for underscores.
 */
final class Cub {
    private static final String SET = "CUB";
    private static final List<String> TEMPLATES = List.of("a photo of a {}, a type of bird.");

    private Cub() {}

    /** @param root the folder of {@code train_test_split.txt}, or the one above {@code CUB_200_2011} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "train_test_split.txt", "", "CUB_200_2011", "CUB", "cub");
        Map<String, String> split = numbered(folder.resolve("train_test_split.txt"));
        List<String> keys = new ArrayList<>(numbered(folder.resolve("classes.txt")).values());
        Path list = folder.resolve("images.txt");
        List<Layout.Entry> train = new ArrayList<>();
        List<Layout.Entry> test = new ArrayList<>();
        numbered(list).forEach((number, image) -> {
            int slash = image.indexOf('/');
            InputException.require(slash > 0 && keys.contains(image.substring(0, slash)), SET + ": the image \"" + image + "\" of "
                    + list + " is in no folder of a class of classes.txt; unpack the original archive again");
            String part = split.get(number);
            InputException.require("0".equals(part) || "1".equals(part), SET + ": train_test_split.txt says of image " + number
                    + " " + (part == null ? "nothing" : "\"" + part + "\"") + ", not 0 or 1; unpack the original archive again");
            (part.equals("1") ? train : test).add(new Layout.Entry(image.substring(0, slash),
                    folder.resolve("images").resolve(image)));
        });
        return Layout.task(SET, keys, keys.stream().map(Cub::className).toList(), TEMPLATES, train, test);
    }

    static String className(String folder) {
        return ImageFolder.className(folder.replaceFirst("^\\d+\\.", ""));
    }

    /** Lines of a number and a text, in their order. */
    private static Map<String, String> numbered(Path file) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String line : Layout.lines(SET, file)) {
            String[] fields = line.split(" ", 2);
            InputException.require(fields.length == 2 && fields[0].matches("\\d{1,9}"), SET + ": the line \"" + line + "\" of " + file
                    + " should be a number, a blank and a text; unpack the original archive again");
            all.put(fields[0], fields[1].strip());
        }
        return all;
    }
}
