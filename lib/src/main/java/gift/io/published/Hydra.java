package gift.io.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Configuration files as the library hydra (1.2) reads them: YAML, in which {@code ${key}} stands for the value of another key,
 * and overrides beside it. {@code key=value} is for a key that is there, {@code +key=value} for one that is not,
 * {@code ++key=value} for either, {@code ~key} and {@code ~key=value} remove one; values are YAML.
 */
public final class Hydra {
    private static final Pattern OVERRIDE = Pattern.compile("(?s)(\\+\\+|\\+|~|)([A-Za-z_]\\w*(?:\\.\\w+)*)(?:=(.*))?");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^${}]*)}");
    private static final int DEEPEST = 20; // of references to references

    private Hydra() {}

    /**
     * The settings in a file with overrides, and the values of other keys in place of references to them.
     *
     * @throws InputException naming file or override, if the file holds no keys, an override does not fit it, or a reference is
     *     to a key that there is not
     */
    public static ObjectNode read(Path file, Overrides overrides) {
        JsonNode tree = Yaml.tree(file);
        if (!(tree instanceof ObjectNode object)) {
            throw new InputException(file + " must hold keys with values");
        }
        overrides.settings().forEach(override -> apply(override, object, file));
        resolve(file.toString(), object, object);
        return object;
    }

    private static void apply(String override, ObjectNode tree, Path file) {
        Matcher parts = OVERRIDE.matcher(override);
        if (!parts.matches() || parts.group(3) == null && !parts.group(1).equals("~")) {
            throw new InputException(override + ": no override; write key=value, +key=value, ++key=value or ~key");
        }
        String[] keys = parts.group(2).split("\\.");
        String last = keys[keys.length - 1];
        boolean adds = parts.group(1).startsWith("+");
        ObjectNode place = tree;
        for (String key : List.of(keys).subList(0, keys.length - 1)) {
            JsonNode inner = adds && !place.has(key) ? place.putObject(key) : place.path(key);
            if (!(inner instanceof ObjectNode object)) {
                throw new InputException(override + ": " + file + " has no key '" + key + "' with keys in it"
                        + Json.nearest(key, names(place)));
            }
            place = object;
        }
        boolean there = place.has(last);
        switch (parts.group(1)) {
            case "+" -> InputException.require(!there, override + ": " + file + " has '" + last + "' already; write " + last
                    + "=value to change it, or ++" + last + "=value");
            case "++" -> { }
            default -> InputException.require(there, override + ": " + file + " has no key '" + last + "'"
                    + Json.nearest(last, names(place)) + "; +" + last + "=value adds it");
        }
        if (parts.group(1).equals("~")) {
            place.remove(last);
        } else {
            place.set(last, value(override, parts.group(3)));
        }
    }

    private static List<String> names(ObjectNode object) {
        return object.properties().stream().map(entry -> entry.getKey()).toList();
    }

    private static JsonNode value(String override, String text) {
        boolean several = text.contains(",") && !text.matches("(?s)\\s*[\\[{(\"'].*");
        InputException.require(!several, override + ": several values are several runs; give one");
        return Yaml.parse(override, text.isBlank() ? "''" : text);
    }

    /** Puts values in place of references within {@code place}, which is a part of {@code all}. */
    private static void resolve(String source, ObjectNode place, ObjectNode all) {
        place.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode inner) {
                resolve(source, inner, all);
            } else if (entry.getValue().isTextual()) {
                entry.setValue(resolved(source, entry.getKey(), entry.getValue(), all, 0));
            }
        });
    }

    private static JsonNode resolved(String source, String key, JsonNode value, ObjectNode all, int depth) {
        InputException.require(depth < DEEPEST, source + ": " + key + " refers to itself, " + value);
        Matcher reference = REFERENCE.matcher(value.isTextual() ? value.asText() : "");
        if (!reference.find()) {
            return value;
        }
        JsonNode there = all.at("/" + reference.group(1).replace('.', '/'));
        InputException.require(!there.isMissingNode(), source + ": " + key + " refers to '" + reference.group(1)
                + "', which there is not" + Json.nearest(reference.group(1), names(all)));
        JsonNode inner = resolved(source, key, there, all, depth + 1);
        if (reference.group().equals(value.asText())) {
            return inner;
        }
        String text = reference.replaceFirst(Matcher.quoteReplacement(inner.isNull() ? "null" : inner.asText()));
        return resolved(source, key, Json.toTree(text), all, depth + 1);
    }
}
