package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tiny ImageNet, 64 x 64 colours. {@code wnids.txt} lists the WordNet numbers of the classes; the label of a class is its
 * place in this list, which is not sorted. Training images lie in {@code train/<number>/images/}. The test images are those of
 * {@code val/images/}, whose classes {@code val/val_annotations.txt} gives, a line an image: file, number and a box, with tabs
 * between. The images of {@code test} have no labels and are not used.
 *
 * <p>The classes are named as in the published class-incremental benchmark. {@code words.txt}, which has all names of all
 * numbers of WordNet, is not read. Of a part of the data set, with fewer lines in {@code wnids.txt}, images of other classes are
 * left out, as by the published reader.
 */
final class TinyImageNet {
    private static final String SET = "TinyImageNet";
    private static final String ANNOTATIONS = "val_annotations.txt";

    private TinyImageNet() {}

    /** @param root the folder of {@code wnids.txt}, or the one above {@code tiny-imagenet-200} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "wnids.txt", "", "tiny-imagenet-200", "tiny-imagenet200", SET);
        ClassNames table = ClassNames.of(SET);
        List<String> numbers = numbers(table, folder.resolve("wnids.txt"));
        return Layout.task(SET, numbers, numbers.stream().map(table::ofFolder).toList(), table.templates(),
                train(folder.resolve("train"), numbers), val(folder.resolve("val"), Set.copyOf(numbers)));
    }

    private static List<String> numbers(ClassNames table, Path file) {
        List<String> numbers = Layout.lines(SET, file);
        Set<String> seen = new HashSet<>();
        for (String number : numbers) {
            if (!seen.add(number)) {
                throw new InputException(SET + ": " + number + " stands twice in " + file + "; unpack the original archive again");
            }
            try {
                table.ofFolder(number);
            } catch (InputException e) {
                throw new InputException(file + ": " + e.getMessage(), e);
            }
        }
        if (numbers.isEmpty()) {
            throw new InputException(SET + ": no class in " + file + "; unpack the original archive again");
        }
        return numbers;
    }

    private static List<Layout.Entry> train(Path folder, List<String> numbers) {
        List<Layout.Entry> entries = new ArrayList<>();
        for (String number : numbers) {
            Layout.images(SET, folder.resolve(number).resolve("images"))
                    .forEach(file -> entries.add(new Layout.Entry(number, file)));
        }
        return entries;
    }

    private static List<Layout.Entry> val(Path folder, Set<String> numbers) {
        Path file = folder.resolve(ANNOTATIONS);
        if (!Files.isRegularFile(file)) {
            throw new InputException(SET + ": no file " + file + ", and without it the images of val have no labels; unpack the"
                    + " original archive again");
        }
        List<Layout.Entry> entries = new ArrayList<>();
        Set<String> labelled = new HashSet<>();
        for (String line : Layout.lines(SET, file)) {
            String[] fields = line.split("\t");
            if (fields.length < 2 || !fields[1].matches("n\\d{8}")) {
                throw new InputException(SET + ": the line \"" + line.replace('\t', ' ') + "\" of " + file
                        + " should be an image, the number of its class such as n02124075, and a box, with tabs between");
            }
            labelled.add(fields[0]);
            if (numbers.contains(fields[1])) {
                entries.add(new Layout.Entry(fields[1], DataFiles.resolve(folder.resolve("images"), fields[0], file)));
            }
        }
        for (Path image : Layout.images(SET, folder.resolve("images"))) {
            if (!labelled.contains(DataFiles.name(image))) {
                throw new InputException(SET + ": " + image + " has no line in " + file + ", and so no label; unpack the original"
                        + " archive again");
            }
        }
        return entries;
    }
}
