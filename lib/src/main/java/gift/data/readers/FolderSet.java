package gift.data.readers;

import gift.data.DataFiles;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A data set of one's own: an entry of {@code data_sets.json} in the folder of the data, under the name of the data set.
 *
 * @param folder of the data set, relative to that of the data; its name where left out
 * @param layout how the images lie in it
 * @param templates prompt templates with {@code {}} for the class name, the first is that of training
 * @param classNames names for prompts, by folder; a folder that is not named here is named like its class, with
 *     underscores for spaces
 */
public record FolderSet(String folder, Kind layout, List<String> templates, Map<String, String> classNames) {
    /** Where images lie, and what divides them. */
    public enum Kind {
        /** {@code train/<class>/...} and {@code test/<class>/...} */
        TRAIN_TEST,
        /** {@code <class>/...}, sorted by path, then divided 80/20 at random with seed 42, as the benchmark's sets are */
        RANDOM,
        /** {@code <class>/...}, divided by the lists {@code train.txt} and {@code test.txt}, a line {@code <class>/<file>} */
        LISTS
    }

    static final FolderSet DEFAULT = new FolderSet("", Kind.TRAIN_TEST, List.of("a photo of a {}."), Map.of());
    private static final String FILE = "data_sets.json";

    public FolderSet {
        folder = folder == null ? "" : folder;
        layout = layout == null ? Kind.TRAIN_TEST : layout;
        templates = templates == null ? List.of() : List.copyOf(templates);
        classNames = classNames == null ? Map.of() : new LinkedHashMap<>(classNames);
    }

    /**
     * The entries of {@code data_sets.json} in a folder, by name; none if there is no such file.
     *
     * @throws InputException naming the file, if an entry is wrong or has a name that is taken
     */
    public static Map<String, FolderSet> in(Path root) {
        Path file = root.resolve(FILE);
        Map<String, FolderSet> sets = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return sets;
        }
        Json.object(file).properties().forEach(entry -> {
            String name = entry.getKey();
            if (!name.matches("[A-Za-z0-9_-]+") || Datasets.names().contains(name) || Datasets.pairNames().contains(name)) {
                throw new InputException(file + ": a data set cannot be called \"" + name + "\": names are letters, digits,"
                        + " _ and -, and those of published data sets are taken");
            }
            FolderSet set = Json.with(file + ", " + name, entry.getValue(), FolderSet.class, DEFAULT);
            sets.put(name, set.folder.isEmpty() ? Json.replace(set, "folder", name) : set);
        });
        return sets;
    }

    /**
     * Opens the data set; decodes no image.
     *
     * @param name of the task
     * @param root the folder of the data
     * @throws InputException if folders or lists are missing or wrong
     */
    public Task open(String name, Path root) {
        Path place = Layout.inner(root.resolve(folder));
        return switch (layout) {
            case TRAIN_TEST -> trainTest(name, place);
            case RANDOM -> {
                List<Path> folders = ImageFolder.classFolders(name, place);
                List<String> keys = folders.stream().map(DataFiles::name).toList();
                yield Layout.randomTask(name, keys, names(name, keys), templates, Layout.entries(name, folders));
            }
            case LISTS -> task(name, Layout.listed(name, place, place.resolve("train.txt")),
                    Layout.listed(name, place, place.resolve("test.txt")), List.of());
        };
    }

    private Task trainTest(String name, Path place) {
        for (String part : List.of("train", "test")) {
            if (!Files.isDirectory(place.resolve(part))) {
                throw new InputException(name + ": no folder " + place.resolve(part)
                        + "; a task needs train/<class>/ and test/<class>/, one folder alone serves for one split");
            }
        }
        List<Path> train = ImageFolder.classFolders(name, place.resolve("train"));
        List<Path> test = ImageFolder.classFolders(name, place.resolve("test"));
        return task(name, Layout.entries(name, train), Layout.entries(name, test),
                Stream.concat(train.stream(), test.stream()).map(DataFiles::name).toList());
    }

    /** @param keys of classes, besides those of the images */
    private Task task(String name, List<Layout.Entry> train, List<Layout.Entry> test, List<String> keys) {
        List<String> all = Stream.of(train.stream().map(Layout.Entry::key), test.stream().map(Layout.Entry::key), keys.stream())
                .flatMap(some -> some).distinct().sorted().toList();
        return Layout.task(name, all, names(name, all), templates, train, test);
    }

    private List<String> names(String name, List<String> keys) {
        for (String key : classNames.keySet()) {
            if (!keys.contains(key)) {
                throw new InputException("class_names: no class folder '" + key + "'" + Json.nearest(key, keys));
            }
        }
        List<String> names = keys.stream().map(key -> classNames.getOrDefault(key, ImageFolder.className(key))).toList();
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String other = seen.put(asRead(names.get(i)), keys.get(i));
            if (other != null) {
                throw new InputException(name + ": the classes '" + other + "' and '" + keys.get(i) + "' have one name, \""
                        + names.get(i) + "\", which no prompt can tell apart; rename or join the folders, or give"
                        + " class_names in data_sets.json");
            }
        }
        return names;
    }

    /** A name as the tokenizer sees it: small letters, single blanks, letters with their accents as one. */
    private static String asRead(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT).strip().replaceAll("\\s+", " ");
    }
}
