package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * FGVC-Aircraft 2013b by variants, split train / test: {@code variants.txt} names the 100 classes, one a line, in the
 * order of their labels; {@code images_variant_train.txt} and {@code images_variant_test.txt} give number and variant of
 * each image, as {@code 1025794 707-320}. All variants of the file count.
 */
final class Aircraft {
    private static final String SET = "Aircraft";

    private Aircraft() {}

    /** @param root the folder of {@code variants.txt}, or one or two folders above ({@code fgvc-aircraft-2013b/data}) */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "variants.txt", "", "data", "fgvc-aircraft-2013b/data",
                "fgvc-aircraft-2013b");
        List<String> variants = Layout.lines(SET, folder.resolve("variants.txt"));
        return Layout.task(SET, variants, variants, ClassNames.of(SET).templates(),
                list(folder, "images_variant_train.txt", variants), list(folder, "images_variant_test.txt", variants));
    }

    private static List<Layout.Entry> list(Path folder, String listing, List<String> variants) {
        Path file = folder.resolve(listing);
        Path images = Layout.inner(folder.resolve("images"));
        List<Layout.Entry> entries = new ArrayList<>();
        for (String line : Layout.lines(SET, file)) {
            String[] fields = line.split(" ", 2);
            if (fields.length < 2 || !variants.contains(fields[1])) {
                throw new InputException(SET + ": the line \"" + line + "\" of " + file + " should be a number and a"
                        + " variant of variants.txt" + (fields.length < 2 ? ""
                                : "; the nearest is \"" + Nearest.to(fields[1], variants) + "\""));
            }
            entries.add(new Layout.Entry(fields[1], DataFiles.resolve(images, fields[0] + ".jpg", file)));
        }
        return entries;
    }
}
