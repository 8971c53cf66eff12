package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.FileDataset;
import gift.data.Inspection;
import gift.data.Task;
import gift.io.FileNames;
import gift.io.InputException;
import gift.io.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What the readers of folder layouts share. */
final class Layout {
    /** An image file and the key of its class, which is a folder name or a class id. */
    record Entry(String key, Path file) {}

    private Layout() {}

    /**
     * The first of {@code folders} below {@code root} that holds {@code marker}; so a user may give the data set's own
     * folder or one that holds several data sets.
     */
    static Path locate(String set, Path root, String marker, String... folders) {
        Path folder = find(set, root, List.of(marker), folders).getParent();
        return folder == null ? Path.of("") : folder;
    }

    /**
     * The first path of that kind itself, for markers that are named differently in different archives. Archives of others
     * often have one more folder around everything; it is gone through where it is the only one that holds a marker.
     */
    static Path find(String set, Path root, List<String> markers, String... folders) {
        DataFiles.requireFolder(set, root);
        Path there = there(root, markers, folders);
        for (String folder : folders) {
            Path place = root.resolve(folder);
            if (there == null && Files.isDirectory(place)) {
                List<Path> deeper = folders(set, place).stream()
                        .filter(inner -> !folder.isEmpty() || DataFiles.name(inner).equals(DataFiles.name(root)))
                        .map(inner -> there(inner, markers, folders)).filter(Objects::nonNull).toList();
                if (deeper.size() > 1) {
                    throw new InputException(set + ": in " + place + " lie several, " + deeper.get(0) + " and " + deeper.get(1)
                            + "; keep one");
                }
                there = deeper.isEmpty() ? null : deeper.get(0);
            }
        }
        if (there != null) {
            return there;
        }
        throw new InputException(set + ": no " + String.join(" or ", markers) + " in " + root + " or its subfolders "
                + String.join(", ", List.of(folders).subList(1, folders.length))
                + "; unpack the original archive there");
    }

    private static Path there(Path root, List<String> markers, String... folders) {
        return Stream.of(folders).flatMap(folder -> markers.stream().map(marker -> root.resolve(folder).resolve(marker)))
                .filter(Files::exists).findFirst().orElse(null);
    }

    /**
     * The folder of class folders: the first of that name, or the one below it that repeats its name, else the folder of the
     * data set itself where all folders in it are named like classes of the table.
     */
    static Path classesIn(ClassNames table, Path root, List<String> markers, String... folders) {
        try {
            return inner(find(table.set(), root, markers, folders));
        } catch (InputException e) {
            for (String folder : folders) {
                Path place = inner(root.resolve(folder));
                List<Path> inside = Files.isDirectory(place) ? folders(table.set(), place) : List.of();
                if (!inside.isEmpty() && inside.stream().allMatch(one -> table.hasFolder(DataFiles.name(one)))) {
                    return place;
                }
            }
            throw new InputException(e.getMessage() + ", or give the folder of the class folders the name "
                    + String.join(" or ", markers), e);
        }
    }

    /** A folder, or the one in it that repeats its name where nothing else is in it, as some archives have it. */
    static Path inner(Path folder) {
        Path inner = folder.resolve(DataFiles.name(folder.toAbsolutePath().normalize()));
        return Files.isDirectory(inner) && children("", folder).size() == 1 ? inner : folder;
    }

    /** The lines of a text file without blank ones and those that begin with {@code #}. */
    static List<String> lines(String set, Path file) {
        return allLines(set, file).stream().filter(line -> !line.startsWith("#")).toList();
    }

    private static List<String> allLines(String set, Path file) {
        if (!Files.isRegularFile(file)) {
            throw unreadable(set, file, null);
        }
        try {
            return Texts.lines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
        } catch (InputException e) {
            throw new InputException(set + ": " + e.getMessage(), e);
        }
    }

    static InputException unreadable(String set, Path file, Exception e) {
        if (!Files.isRegularFile(file)) {
            return new InputException(set + ": no file " + file + "; unpack the original archive again", e);
        }
        return new InputException(set + ": cannot read " + file + " (" + InputException.kindAndMessage(e)
                + "); fetch it again", e);
    }

    /**
     * The images below {@code base} that a text file lists, {@code class/picture.jpg} a line. A line that begins with
     * {@code #} is a comment, unless it names a class: no blank follows and there is a slash, or {@code base} has that
     * folder.
     *
     * @throws InputException naming the file, if it is missing or a line is none of that kind
     */
    static List<Entry> listed(String set, Path base, Path listing) {
        return allLines(set, listing).stream().filter(line -> !isComment(line, base, listing)).map(line -> {
            int slash = line.indexOf('/');
            if (slash <= 0) {
                throw new InputException(set + ": the line \"" + line + "\" of " + listing
                        + " should be class/picture.jpg; fetch the file again");
            }
            return new Entry(line.substring(0, slash), DataFiles.resolve(base, line, listing));
        }).toList();
    }

    private static boolean isComment(String line, Path base, Path listing) {
        int slash = line.indexOf('/');
        return line.startsWith("#") && (slash < 0 || Character.isWhitespace(line.charAt(1))
                && !Files.isDirectory(DataFiles.resolve(base, line.substring(0, slash), listing)));
    }

    /** The folders in {@code folder}, sorted by name as Python sorts; hidden ones are left out. */
    static List<Path> folders(String set, Path folder) {
        return children(set, folder).stream().filter(Files::isDirectory).toList();
    }

    /**
     * {@link #folders}, each of which is a class.
     *
     * @throws InputException if a link among them leads nowhere, so that a class would be left out
     */
    static List<Path> classFolders(String set, Path folder) {
        for (Path path : children(set, folder)) {
            if (Files.isSymbolicLink(path) && !Files.exists(path)) {
                throw new InputException(set + ": the link " + path + " leads nowhere; mend or delete it");
            }
        }
        return folders(set, folder);
    }

    /**
     * The images of a class folder, sorted by name: every file that is not hidden, so that one that is no image is
     * reported by {@link Inspection} rather than passed over.
     *
     * @throws InputException if a folder lies among the images
     */
    static List<Path> images(String set, Path folder) {
        List<Path> files = children(set, folder);
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                throw new InputException(set + ": a folder among the images of a class, " + file
                        + "; move its images up, or give the folder above as the data set");
            }
        }
        return files;
    }

    /** Every image of the given class folders, with the folder's name for its key. */
    static List<Entry> entries(String set, List<Path> classFolders) {
        return classFolders.stream()
                .flatMap(classFolder -> images(set, classFolder).stream()
                        .map(f -> new Entry(DataFiles.name(classFolder), f)))
                .toList();
    }

    /** The images of {@code entries}; the label of an image is the place of its key in {@code keys}. */
    static FileDataset dataset(String name, List<String> keys, List<String> classNames, List<Entry> entries) {
        Map<String, Integer> labels = new HashMap<>();
        for (int label = 0; label < keys.size(); label++) {
            labels.put(keys.get(label), label);
        }
        return new FileDataset(
                name,
                classNames,
                entries.stream().map(Entry::file).toList(),
                entries.stream().mapToInt(entry -> labels.getOrDefault(entry.key(), -1)).toArray());
    }

    /** A task whose classes are the keys that occur in its lists, sorted; keys are folder names of {@code table}. */
    static Task task(ClassNames table, List<Entry> train, List<Entry> test) {
        List<String> keys =
                Stream.concat(train.stream(), test.stream()).map(Entry::key).distinct().sorted().toList();
        return task(table, keys, train, test);
    }

    private static Task task(ClassNames table, List<String> keys, List<Entry> train, List<Entry> test) {
        return task(table.set(), keys, keys.stream().map(table::ofFolder).toList(), table.templates(), train, test);
    }

    /** A task whose class k has the key {@code keys.get(k)} and the name {@code classNames.get(k)}. */
    static Task task(String set, List<String> keys, List<String> classNames, List<String> templates, List<Entry> train,
            List<Entry> test) {
        return new Task(set, dataset(set + "/train", keys, classNames, train),
                dataset(set + "/test", keys, classNames, test), templates);
    }

    /** A task of all given class folders, divided at random as in the published benchmark. */
    static Task randomTask(ClassNames table, List<Path> classFolders) {
        List<Entry> entries = entries(table.set(), classFolders);
        List<String> keys = classFolders.stream().map(DataFiles::name).toList();
        return randomTask(table.set(), keys, keys.stream().map(table::ofFolder).toList(), table.templates(), entries);
    }

    /** A task of all images, divided 80/20 at random with seed 42 as in the published benchmark. */
    static Task randomTask(String set, List<String> keys, List<String> classNames, List<String> templates,
            List<Entry> entries) {
        TorchRandom.Split split = TorchRandom.randomSplit(entries.size(), 0.8, 42);
        return task(set, keys, classNames, templates, pick(entries, split.train()), pick(entries, split.test()));
    }

    private static List<Entry> pick(List<Entry> entries, int[] indices) {
        return Arrays.stream(indices).mapToObj(entries::get).toList();
    }

    private static List<Path> children(String set, Path folder) {
        DataFiles.requireFolder(set, folder);
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(FileNames::require).filter(path -> !DataFiles.name(path).startsWith("."))
                    .sorted(Comparator.comparing(DataFiles::name))
                    .toList();
        } catch (IOException e) {
            throw new InputException(set + ": cannot list " + folder + " (" + InputException.kindAndMessage(e) + ")", e);
        }
    }
}
