package gift.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a config.json of diffusers or transformers into a record, strictly.
 *
 * <p>Keys of the record are applied; keys that have one supported value must have it, or be null or absent; keys that
 * say nothing about the computation are passed over, as is every key that starts with an underscore. Any other key is
 * refused by name.
 *
 * @param className what {@code _class_name} must be where it is given
 * @param supported keys with the only values that this implementation computes, as JSON
 * @param ignored keys without influence
 */
record ModelConfig(String className, Map<String, List<String>> supported, Set<String> ignored) {
    private static final String CLASS_NAME = "_class_name";

    /** The settings in a file; {@code defaults} are those of the library that wrote it. */
    <T> T read(Path file, Class<T> type, T defaults) {
        if (!(Json.pythonTree(file) instanceof ObjectNode options)) {
            throw new InputException(file + ": expected an object of options");
        }
        String found = options.path(CLASS_NAME).asText(className);
        if (!found.equals(className)) {
            throw new InputException(file + ": it describes " + found + ", not " + className);
        }
        List<String> keys = new ArrayList<>();
        options.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            JsonNode value = options.get(key);
            if (supported.containsKey(key)) {
                requireSupported(file, key, value);
            }
            if (key.startsWith("_") || ignored.contains(key) || supported.containsKey(key)) {
                options.remove(key);
            }
        }
        List<String> known = List.of(type.getRecordComponents()).stream().map(c -> snakeCase(c.getName())).toList();
        options.properties().removeIf(entry -> entry.getValue().isNull() && known.contains(entry.getKey()));
        return Json.with(file.toString(), options, type, defaults);
    }

    private void requireSupported(Path file, String key, JsonNode value) {
        List<String> values = supported.get(key);
        boolean fits = value.isNull() || values.stream().anyMatch(one -> same(Json.parse(key, one), value));
        if (!fits) {
            throw new InputException(file + ": option '" + key + "' is " + value + ", which is not supported"
                    + " (supported: " + (values.isEmpty() ? "null" : String.join(", ", values)) + ")");
        }
    }

    private static boolean same(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber() ? one.asDouble() == other.asDouble() : one.equals(other);
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
    }
}
