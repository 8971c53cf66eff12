package gift.data.readers;

import com.fasterxml.jackson.databind.JsonNode;
import gift.data.DataFiles;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * UCF101 as CoOp (Zhou et al. 2022) publishes it: the middle frame of each video in {@code UCF-101-midframes/<Class_Name>/},
 * and {@code split_zhou_UCF101.json} with the lists {@code train}, {@code val} and {@code test}, each an entry
 * {@code [path, label, class name]} an image. Train and val together are the training list of the data set's first official
 * split. Class k is the one of label k; underscores in its name become spaces.
 *
 * <p>A folder {@code UCF101} with {@code train/<class>/} and {@code test/<class>/} is read as well.
 */
final class Ucf101 {
    private static final String SET = "UCF101";
    private static final String SPLIT = "split_zhou_UCF101.json";
    private static final List<String> TEMPLATES = List.of("a photo of a person doing {}.");

    private Ucf101() {}

    /** @param root the folder of the lists or of {@code train} and {@code test}, or the one above {@code ucf101} */
    static Task open(Path root) {
        Path place = Layout.find(SET, root, List.of(SPLIT, "train"), "", "ucf101", SET);
        if (Files.isDirectory(place)) {
            return new FolderSet(null, null, TEMPLATES, null).open(SET, place.resolveSibling(""));
        }
        JsonNode lists = Json.object(place);
        Map<Integer, String> classes = new TreeMap<>();
        List<Layout.Entry> train = entries(lists, "train", place, classes);
        train.addAll(entries(lists, "val", place, classes));
        List<Layout.Entry> test = entries(lists, "test", place, classes);
        List<String> keys = classes.keySet().stream().map(String::valueOf).toList();
        return Layout.task(SET, keys, List.copyOf(classes.values()), TEMPLATES, train, test);
    }

    /** The images of one list; adds their classes to {@code classes}, names by label. */
    private static List<Layout.Entry> entries(JsonNode lists, String part, Path file, Map<Integer, String> classes) {
        InputException.require(lists.path(part).isArray(), SET + ": " + file + " has no list \"" + part + "\"; fetch it again");
        Path images = file.resolveSibling("UCF-101-midframes");
        List<Layout.Entry> entries = new ArrayList<>();
        for (JsonNode entry : lists.path(part)) {
            InputException.require(entry.size() == 3 && entry.get(0).isTextual() && entry.get(1).isInt() && entry.get(2).isTextual(),
                    SET + ": the entry " + entry + " of " + file + " should be [path, label, class name]");
            int label = entry.get(1).asInt();
            String name = ImageFolder.className(entry.get(2).asText());
            String known = classes.putIfAbsent(label, name);
            InputException.require(known == null || known.equals(name),
                    SET + ": " + file + " calls the class of label " + label + " \"" + known + "\" and \"" + name + "\"");
            entries.add(new Layout.Entry(String.valueOf(label), DataFiles.resolve(images, entry.get(0).asText(), file)));
        }
        return entries;
    }
}
