package gift.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Settings that are given beside a settings file, each {@code key=value}: they take the place of what the file says, and the
 * whole is checked as the file would be. A key within a key has a dot ({@code training.learning_rate}); a value is JSON
 * ({@code 1e-3}, {@code true}, {@code [1, 2]}, {@code {"a": 1}}), else a text.
 *
 * @param settings in their order; of two of one key the last counts
 */
public record Overrides(List<String> settings) {
    /** No settings. */
    public static final Overrides NONE = new Overrides(List.of());

    /** @throws InputException if one is not {@code key=value} */
    public Overrides {
        settings = List.copyOf(settings);
        for (String setting : settings) {
            if (!setting.matches("(?s)[^=.]+(\\.[^=.]+)*=.*") && !isRemoval(setting)) {
                throw new InputException("--set " + setting + ": write KEY=VALUE, with dots in KEY for keys within keys");
            }
        }
    }

    /** Whether a setting is {@code ~key}; see {@link Hydra}. */
    private static boolean isRemoval(String setting) {
        return setting.matches("~[^=.]+(\\.[^=.]+)*");
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return settings.isEmpty();
    }

    /** How messages name a file whose settings these change. */
    public String named(Object file) {
        return isEmpty() ? file.toString() : file + " with --set " + String.join(" --set ", settings);
    }

    /**
     * A file's settings with these in their place.
     *
     * @throws InputException if a key is looked for within a value that is no object
     */
    public JsonNode applyTo(JsonNode tree) {
        if (isEmpty()) {
            return tree;
        }
        JsonNode changed = tree.deepCopy();
        settings.forEach(setting -> apply(setting, changed));
        return changed;
    }

    private static void apply(String setting, JsonNode tree) {
        InputException.require(!isRemoval(setting), "--set " + setting + ": only of a file in YAML a key can be removed");
        int equals = setting.indexOf('=');
        String[] keys = setting.substring(0, equals).split("\\.");
        JsonNode place = tree;
        for (int i = 0; i < keys.length; i++) {
            if (!(place instanceof ObjectNode object)) {
                String before = String.join(".", List.of(keys).subList(0, i));
                throw new InputException("--set " + setting + ": " + (i == 0 ? "the file" : before) + " is no object with keys");
            }
            if (i == keys.length - 1) {
                object.set(keys[i], value(setting.substring(equals + 1)));
            } else {
                place = object.has(keys[i]) ? object.get(keys[i]) : object.putObject(keys[i]);
            }
        }
    }

    private static JsonNode value(String text) {
        try {
            JsonNode value = Json.parse("--set", text);
            return value.isMissingNode() ? Json.toTree(text) : value;
        } catch (InputException e) {
            return Json.toTree(text);
        }
    }
}
