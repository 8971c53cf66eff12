package gift.incremental;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Nearest;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * In which order the classes of a data set are learnt: {@code "as_listed"}, the order of the data set;
 * {@code "random:SEED"}; one of ZSCL's class-incremental code, {@code "cifar100"}, {@code "tinyimagenet"},
 * {@code "imagenet100"}, {@code "imagenet1000"}; or a list of all classes, by name or by number from 0.
 */
public final class ClassOrder {
    /** The order of the data set. */
    public static final ClassOrder AS_LISTED = new ClassOrder(TextNode.valueOf("as_listed"));

    private static final Pattern RANDOM = Pattern.compile("random:(\\d{1,18})");
    private static final Map<String, int[]> PUBLISHED = read();

    private final JsonNode given;

    private ClassOrder(JsonNode given) {
        this.given = given;
    }

    /**
     * @param given a text or a list
     * @throws InputException if it is neither, or a text that names no order
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ClassOrder of(JsonNode given) {
        if (given == null || !given.isTextual() && !given.isArray()) {
            throw wrong(given + " is neither a name nor a list of classes");
        }
        String name = given.asText();
        boolean known = given.isArray() || AS_LISTED.given.equals(given) || PUBLISHED.containsKey(name)
                || RANDOM.matcher(name).matches();
        if (!known) {
            throw wrong("unknown order '" + name + "'" + Json.nearest(name, names()));
        }
        return new ClassOrder(given);
    }

    /** "random:SEED". */
    public static ClassOrder random(long seed) {
        return of(TextNode.valueOf("random:" + seed));
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(PUBLISHED.keySet());
        names.addAll(List.of(AS_LISTED.given.asText(), "random:SEED"));
        return names;
    }

    /**
     * The numbers of the classes in this order.
     *
     * @param dataSet its name, for messages
     * @param classNames as the data set lists them
     * @throws InputException if the order is of another number of classes, names one that there is not, or names one twice
     *     or not at all
     */
    public int[] of(String dataSet, List<String> classNames) {
        int classes = classNames.size();
        if (given.isTextual()) {
            String name = given.asText();
            var random = RANDOM.matcher(name);
            int[] order = random.matches()
                    ? RandomStream.of(Long.parseLong(random.group(1)), "class order").permutation(classes)
                    : PUBLISHED.getOrDefault(name, IntStream.range(0, classes).toArray());
            if (order.length != classes) {
                throw wrong("'" + name + "' is of " + order.length + " classes, " + dataSet + " has " + classes);
            }
            return order.clone();
        }
        int[] order = IntStream.range(0, given.size()).map(i -> number(given.get(i), dataSet, classNames)).toArray();
        boolean[] seen = new boolean[classes];
        for (int number : order) {
            if (seen[number]) {
                throw wrong("class " + number + " of " + dataSet + " (" + classNames.get(number) + ") is named twice");
            }
            seen[number] = true;
        }
        IntStream.range(0, classes).filter(c -> !seen[c]).findFirst().ifPresent(c -> {
            throw wrong("class " + c + " of " + dataSet + " (" + classNames.get(c) + ") is missing; all " + classes
                    + " classes must be named, " + order.length + " are");
        });
        return order;
    }

    private static int number(JsonNode one, String dataSet, List<String> classNames) {
        if (one.isIntegralNumber()) {
            int number = one.asInt();
            if (number < 0 || number >= classNames.size()) {
                throw wrong("class " + one + ": " + dataSet + " has classes 0 to " + (classNames.size() - 1));
            }
            return number;
        }
        String name = one.asText();
        int first = classNames.indexOf(name);
        if (!one.isTextual() || first < 0) {
            throw wrong(dataSet + " has no class " + one + "; the nearest is \"" + Nearest.to(name, classNames) + "\"");
        }
        if (first != classNames.lastIndexOf(name)) {
            throw wrong("two classes of " + dataSet + " are called " + one + ": write their numbers, " + first + " and "
                    + classNames.lastIndexOf(name));
        }
        return first;
    }

    private static InputException wrong(String what) {
        return new InputException("class_incremental, order: " + what);
    }

    /** As in files. */
    @JsonValue
    JsonNode given() {
        return given;
    }

    private static Map<String, int[]> read() {
        try (InputStream in = ClassOrder.class.getResourceAsStream("class_orders.json")) {
            Map<String, int[]> orders = new LinkedHashMap<>();
            new ObjectMapper().readTree(in).properties().forEach(order -> orders.put(order.getKey(),
                    IntStream.range(0, order.getValue().size()).map(i -> order.getValue().get(i).asInt()).toArray()));
            return orders;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClassOrder order && order.given.equals(given);
    }

    @Override
    public int hashCode() {
        return given.hashCode();
    }

    @Override
    public String toString() {
        return given.isTextual() ? given.asText() : given.size() + " classes";
    }
}
