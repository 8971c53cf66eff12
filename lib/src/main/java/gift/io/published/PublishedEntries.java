package gift.io.published;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.InputException;
import gift.io.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The entries of a published configuration file by key: numbers may be strings, booleans words or 0 and 1. */
public final class PublishedEntries {
    private final String source;
    private final JsonNode tree;

    /** @throws InputException if the tree is no object */
    public PublishedEntries(String source, JsonNode tree) {
        if (!tree.isObject()) {
            throw new InputException(source + " must be an object of settings");
        }
        this.source = source;
        this.tree = tree;
    }

    /** @throws InputException with the nearest known key, if there is another one */
    public void requireKnown(Set<String> known) {
        tree.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw new InputException(source + ": unknown key '" + key + "' of a published configuration"
                        + Json.nearest(key, known));
            }
        });
    }

    /** Whether the key is there, if only with null. */
    public boolean has(String key) {
        return tree.has(key);
    }

    /** The value as it stands in the file, without quotes. */
    public String shown(String key) {
        return shown(tree.get(key));
    }

    /** Element i of a list, or the value itself. */
    public String shown(String key, int i) {
        JsonNode value = tree.get(key);
        return shown(value.isArray() ? value.get(i) : value);
    }

    private static String shown(JsonNode value) {
        return value.isTextual() ? value.asText() : Json.line(value);
    }

    /** A text; "" where it is absent or null. */
    public String text(String key) {
        JsonNode value = tree.path(key);
        if (value.isContainerNode()) {
            throw wrong(key, value, "a text");
        }
        return value.isMissingNode() || value.isNull() ? "" : value.asText().strip();
    }

    /** A list of texts; a single one counts as a list, an absent one is empty. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : list(key)) {
            if (!value.isTextual()) {
                throw wrong(key, value, "a name");
            }
            texts.add(value.asText().strip());
        }
        return texts;
    }

    /** A list of numbers; a single one counts as a list, an absent one is empty. */
    public List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        list(key).forEach(value -> numbers.add(number(key, value)));
        return numbers;
    }

    private Iterable<JsonNode> list(String key) {
        JsonNode value = tree.path(key);
        return value.isArray() ? value : value.isMissingNode() || value.isNull() ? List.of() : List.of(value);
    }

    /** A number, or what stands for an absent one. */
    public double number(String key, double absent) {
        JsonNode value = tree.path(key);
        return value.isMissingNode() || value.isNull() ? absent : number(key, value);
    }

    private double number(String key, JsonNode value) {
        try {
            if (value.isNumber() || value.isTextual()) {
                return Double.parseDouble(value.asText().strip());
            }
        } catch (NumberFormatException e) {
            throw wrong(key, value, "a number");
        }
        throw wrong(key, value, "a number");
    }

    /** A whole number, or what stands for an absent one. */
    public int whole(String key, int absent) {
        double value = number(key, absent);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw wrong(key, tree.get(key), "a whole number");
        }
        return (int) value;
    }

    /** A switch; off where it is absent. */
    public boolean flag(String key) {
        JsonNode value = tree.path(key);
        return switch (value.isMissingNode() || value.isNull() ? "false" : value.asText().strip().toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw wrong(key, value, "true or false");
        };
    }

    private InputException wrong(String key, JsonNode value, String wanted) {
        return new InputException(source + ": " + key + " must be " + wanted + ", not " + Json.line(value));
    }
}
