package gift.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gift.io.InputException;
import gift.io.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Class names and prompt templates of a published data set, from the resource {@code gift/data/classes.json}.
 *
 * @param set name of the data set
 * @param names class names as they appear in prompts
 * @param templates prompt templates, the first is that of training
 * @param folders the class folders of the original archive in the order of {@code names}; empty where a folder is
 *     named like its class
 */
public record ClassNames(String set, List<String> names, List<String> templates, List<String> folders) {
    private static final Map<String, ClassNames> SETS = readAll();

    /** The names of all data sets in the table. */
    public static Set<String> sets() {
        return SETS.keySet();
    }

    /** @throws InputException with the nearest known name if there is no such data set */
    public static ClassNames of(String set) {
        ClassNames found = SETS.get(set);
        if (found == null) {
            throw new InputException("no class names for the data set \"" + set + "\"; did you mean "
                    + Nearest.to(set, sets()) + "?");
        }
        return found;
    }

    /** One prompt a class, by the template of training. */
    public List<String> trainingPrompts() {
        return Task.prompts(templates.get(0), names);
    }

    /**
     * The class name that belongs to a folder of the original archive. Without a folder list, a folder is named like
     * its class, with underscores for spaces and in any case.
     *
     * @throws InputException naming the folder if it belongs to no class
     */
    public String ofFolder(String folder) {
        if (!folders.isEmpty()) {
            int index = folders.indexOf(folder);
            if (index >= 0) {
                return names.get(index);
            }
            throw unknown(folder, folders);
        }
        String spaced = folder.replace('_', ' ');
        return names.stream().filter(spaced::equalsIgnoreCase).findFirst().orElseThrow(() -> unknown(folder, names));
    }

    /** Whether {@link #ofFolder} knows a folder. */
    public boolean hasFolder(String folder) {
        return folders.isEmpty() ? names.stream().anyMatch(folder.replace('_', ' ')::equalsIgnoreCase) : folders.contains(folder);
    }

    private InputException unknown(String folder, List<String> known) {
        return new InputException("\"" + folder + "\" is none of the " + names.size() + " classes of " + set
                + "; the nearest is \"" + Nearest.to(folder, known) + "\"");
    }

    private static Map<String, ClassNames> readAll() {
        try (InputStream in = ClassNames.class.getResourceAsStream("classes.json")) {
            Map<String, ClassNames> sets = new LinkedHashMap<>();
            new ObjectMapper().readTree(in).get("datasets").properties().forEach(entry -> sets.put(
                    entry.getKey(),
                    new ClassNames(
                            entry.getKey(),
                            texts(entry.getValue().path("class_names")),
                            texts(entry.getValue().path("templates")),
                            texts(entry.getValue().path("folders")))));
            return sets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return List.copyOf(texts);
    }
}
