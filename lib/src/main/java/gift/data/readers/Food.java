package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Food-101: {@code meta/train.json} and {@code test.json} give, for each class, its images as
 * {@code apple_pie/1005649}, to be found in {@code images/} with {@code .jpg}; {@code train.txt} and {@code test.txt}
 * hold the same lines and serve where the JSON files are absent. The classes are those that the two lists name, sorted.
 */
final class Food {
    private static final String SET = "Food";

    private Food() {}

    /** @param root the folder of {@code meta} and {@code images}, or the one above {@code food-101} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "meta", "", "food-101");
        return Layout.task(ClassNames.of(SET), list(folder, "train"), list(folder, "test"));
    }

    private static List<Layout.Entry> list(Path folder, String part) {
        Path json = folder.resolve("meta").resolve(part + ".json");
        Path text = folder.resolve("meta").resolve(part + ".txt");
        boolean asJson = Files.exists(json) || !Files.exists(text);
        Path file = asJson ? json : text;
        Path imageFolder = Layout.inner(folder.resolve("images"));
        List<Layout.Entry> entries = new ArrayList<>();
        for (String line : asJson ? fromJson(json) : Layout.lines(SET, text)) {
            int slash = line.indexOf('/');
            if (slash <= 0) {
                throw new InputException(SET + ": \"" + line + "\" in " + file + " should be class/number");
            }
            entries.add(new Layout.Entry(
                    line.substring(0, slash), DataFiles.resolve(imageFolder, line + ".jpg", file)));
        }
        return entries;
    }

    private static List<String> fromJson(Path file) {
        try {
            List<String> lines = new ArrayList<>();
            Json.object(file).forEach(images -> images.forEach(image -> lines.add(image.asText())));
            return lines;
        } catch (InputException e) {
            throw new InputException(SET + ": " + e.getMessage() + "; fetch it again", e);
        }
    }
}
