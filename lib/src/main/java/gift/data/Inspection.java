package gift.data;

import gift.image.Image;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Looks through data before training starts, so that nothing is found hours later: decodes every image, on all
 * processors, and checks labels and classes. Each problem is one line.
 */
public final class Inspection {
    /** So many bad images, labels or classes are named; of more only the number is given. */
    private static final int NAMED = 20;

    private Inspection() {}

    /** What is wrong with a split; empty if nothing is. */
    public static List<String> problems(ImageDataset data) {
        List<String> problems = classProblems(data, true);
        problems.addAll(imageProblems(data.name(), data.size(), data::image, data::source));
        return problems;
    }

    /**
     * What is wrong with either split of a task. A class without test images is no problem here (see {@link #notes}):
     * a part of a randomly divided data set can have such classes, and accuracy is defined all the same.
     */
    public static List<String> problems(Task task) {
        List<String> problems = labelProblems(task);
        for (ImageDataset part : List.of(task.train(), task.test())) {
            problems.addAll(imageProblems(part.name(), part.size(), part::image, part::source));
        }
        return problems;
    }

    /** The part of {@link #problems(Task)} for which no image is decoded. */
    public static List<String> labelProblems(Task task) {
        List<String> problems = classProblems(task.train(), true);
        problems.addAll(classProblems(task.test(), false));
        return problems;
    }

    /**
     * What one should know of a task though it can be trained: classes without test images, and classes of the same
     * name, which no prompt can tell apart.
     */
    public static List<String> notes(Task task) {
        List<String> notes = new ArrayList<>(emptyClasses(task.test()));
        Set<String> seen = new HashSet<>();
        for (String prompt : task.trainingPrompts()) {
            if (!seen.add(prompt)) {
                notes.add(task.name() + ": more than one class has the prompt \"" + prompt + "\"");
            }
        }
        return notes;
    }

    /** What is wrong with image-text pairs, rows without their image included. */
    public static List<String> problems(PairDataset pairs) {
        return problems(pairs, pairs::image);
    }

    private static List<String> problems(PairDataset pairs, IntFunction<Image> images) {
        List<String> problems = new ArrayList<>();
        if (pairs.size() == 0) {
            problems.add(pairs.name() + ": no images");
        }
        problems.addAll(imageProblems(pairs.name(), pairs.size(), images, pairs::source));
        return problems;
    }

    /** @throws InputException if there is any problem, with the first three and the number of the others */
    public static void require(Task task) {
        require(task.name(), problems(task));
    }

    /** @throws InputException if there is any problem, with the first three and the number of the others */
    public static void require(PairDataset pairs) {
        require(pairs.name(), problems(pairs));
    }

    /**
     * Looks at every image once, for what is wrong and for whether it is shown.
     *
     * @param shown asked of every image, by several threads
     * @return numbers of the images that are shown, in order
     * @throws InputException as {@link #require(PairDataset)}
     */
    public static int[] require(PairDataset pairs, Predicate<Image> shown) {
        boolean[] is = new boolean[pairs.size()];
        require(pairs.name(), problems(pairs, i -> {
            Image image = pairs.image(i);
            is[i] = shown.test(image);
            return image;
        }));
        return IntStream.range(0, is.length).filter(i -> is[i]).toArray();
    }

    private static void require(String name, List<String> problems) {
        if (!problems.isEmpty()) {
            int shown = Math.min(3, problems.size());
            throw new InputException(name + " cannot be used: " + String.join("; ", problems.subList(0, shown))
                    + (problems.size() > shown ? "; and " + (problems.size() - shown) + " more problems" : ""));
        }
    }

    private static List<String> classProblems(ImageDataset data, boolean everyClassNeeded) {
        List<String> problems = new ArrayList<>();
        int classes = data.classNames().size();
        if (classes == 0) {
            problems.add(data.name() + ": no classes");
        }
        if (data.size() == 0) {
            problems.add(data.name() + ": no images");
            return problems;
        }
        int[] outside = IntStream.range(0, data.size())
                .filter(i -> data.label(i) < 0 || data.label(i) >= classes)
                .toArray();
        for (int i : IntStream.of(outside).limit(NAMED).toArray()) {
            problems.add(data.name() + ": label " + data.label(i) + " of " + data.source(i) + ", but the " + classes
                    + " classes are numbered 0 to " + (classes - 1));
        }
        if (outside.length > NAMED) {
            problems.add(data.name() + ": " + outside.length + " labels outside the classes in all");
        }
        if (everyClassNeeded) {
            problems.addAll(emptyClasses(data));
        }
        return problems;
    }

    private static List<String> emptyClasses(ImageDataset data) {
        boolean[] found = new boolean[data.classNames().size()];
        IntStream.of(data.labels()).filter(label -> label >= 0 && label < found.length).forEach(l -> found[l] = true);
        List<String> empty = IntStream.range(0, found.length)
                .filter(label -> !found[label])
                .mapToObj(data.classNames()::get)
                .toList();
        if (empty.isEmpty()) {
            return List.of();
        }
        List<String> named = empty.subList(0, Math.min(NAMED, empty.size()));
        return List.of(data.name() + ": " + empty.size() + " of " + found.length + " classes without an image: "
                + String.join(", ", named) + (empty.size() > NAMED ? ", ..." : ""));
    }

    /**
     * The images that cannot be read, decoded by all workers of the fork-join pool around the call.
     *
     * @param name of the data set, for messages
     * @param images decodes one; may do more with it
     */
    public static List<String> imageProblems(
            String name, int size, IntFunction<Image> images, IntFunction<String> sources) {
        List<Bad> bad = IntStream.range(0, size)
                .parallel()
                .mapToObj(i -> tryImage(i, images, sources))
                .filter(Objects::nonNull)
                .toList();
        Map<Path, Integer> missingFolders = new LinkedHashMap<>();
        List<String> unreadable = new ArrayList<>();
        for (Bad image : bad) {
            Path folder = image.folder();
            if (folder != null && !Files.isDirectory(folder)) {
                missingFolders.merge(folder, 1, Integer::sum);
            } else {
                unreadable.add(name + ": " + image.problem());
            }
        }
        List<String> problems = new ArrayList<>();
        missingFolders.forEach((folder, count) ->
                problems.add(name + ": no folder " + folder + ", where " + count + " images should be"));
        problems.addAll(unreadable.subList(0, Math.min(NAMED, unreadable.size())));
        if (unreadable.size() > NAMED) {
            problems.add(name + ": " + unreadable.size() + " of " + size + " images cannot be read in all");
        }
        return problems;
    }

    /** An image that cannot be read: its folder, if it is a file, and one line. */
    private record Bad(Path folder, String problem) {}

    private static Bad tryImage(int i, IntFunction<Image> images, IntFunction<String> sources) {
        try {
            images.apply(i);
            return null;
        } catch (RuntimeException e) {
            String source = sources.apply(i);
            String message = e instanceof InputException ? e.getMessage() : InputException.kindAndMessage(e);
            return new Bad(Path.of(source).getParent(), message.contains(source) ? message : source + ": " + message);
        }
    }
}
