package gift.io;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Strict JSON: snake_case keys, no unknown or double ones, no silent coercion. Settings are records; a file holds only
 * what differs from a default record.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .withCoercionConfig(LogicalType.Textual, texts -> texts
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .withCoercionConfig(LogicalType.Enum, names -> names
                    .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.String, CoercionAction.Fail))
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .build();

    /** Python writes numbers that JSON does not have: NaN, Infinity and -Infinity. */
    private static final JsonMapper PYTHON = MAPPER.rebuild().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    /** What Jackson adds for those who call it. */
    private static final String FOR_PROGRAMMERS = "(?: \\(not recognized as one since Feature.*|: enable `JsonReadFeature.*|, from `.*)";

    private static final Pattern TWICE = Pattern.compile("Duplicate field '(.*)'"); // Jackson's words
    private static final String EXPECTED = "; it must hold {...} with keys and values, {} for none";

    private Json() {}

    /**
     * The content of a JSON file.
     *
     * @throws InputException naming the file, if it is missing, empty, holds {@code null} alone or is no JSON
     */
    public static JsonNode tree(Path file) {
        return tree(file, MAPPER);
    }

    /** As {@link #tree}, of a file that a Python program has written: it may hold NaN, Infinity and -Infinity. */
    public static JsonNode pythonTree(Path file) {
        return tree(file, PYTHON);
    }

    private static JsonNode tree(Path file, JsonMapper mapper) {
        String text = Texts.read(file);
        JsonNode tree;
        try {
            tree = parse(file.toString(), text, mapper);
        } catch (InputException e) {
            if (!text.isBlank()) {
                Disguise.refuse(file);
            }
            throw e;
        }
        if (tree.isNull()) {
            throw new InputException(file + " holds null" + EXPECTED);
        }
        return tree;
    }

    /**
     * The settings or table in a JSON file.
     *
     * @throws InputException as {@link #tree}, and if it holds something else than an object
     */
    public static ObjectNode object(Path file) {
        JsonNode tree = tree(file);
        requireObject(file.toString(), tree);
        return (ObjectNode) tree;
    }

    /** The content of a text; {@code source} names its origin in messages. */
    public static JsonNode parse(String source, String text) {
        return parse(source, text, MAPPER);
    }

    /** As {@link #parse}, of a text that a Python program has written: it may hold NaN, Infinity and -Infinity. */
    public static JsonNode parsePython(String source, String text) {
        return parse(source, text, PYTHON);
    }

    private static JsonNode parse(String source, String text, JsonMapper mapper) {
        if (text.isBlank()) {
            throw new InputException(source + " is empty" + EXPECTED);
        }
        try {
            return mapper.readTree(Texts.withoutMark(text));
        } catch (JsonProcessingException e) {
            throw new InputException(source + ": " + notJson(e), e);
        }
    }

    private static void requireObject(String source, JsonNode tree) {
        if (!tree.isObject()) {
            throw new InputException(source + " holds " + shown(tree) + ", not {...} with keys and values");
        }
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }

    private static String notJson(JsonProcessingException e) {
        String line = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
        Matcher twice = TWICE.matcher(e.getOriginalMessage());
        return twice.find() ? "the key '" + twice.group(1) + "' is given twice, the second time" + line
                : "not JSON: " + firstLine(e.getOriginalMessage()).replaceFirst(FOR_PROGRAMMERS, "") + line;
    }

    /** The settings in a file; every key that it leaves out must have a value without it. */
    public static <T> T read(Path file, Class<T> type) {
        return convert(file.toString(), tree(file), type);
    }

    /** The settings in a file, which holds only what differs from {@code defaults}. */
    public static <T> T read(Path file, Class<T> type, T defaults) {
        return with(file.toString(), tree(file), type, defaults);
    }

    /** The same with other settings in place of some of the file's. */
    public static <T> T read(Path file, Class<T> type, T defaults, Overrides overrides) {
        return with(overrides.named(file), overrides.applyTo(tree(file)), type, defaults);
    }

    /** {@code defaults} with what {@code changes} says otherwise. */
    public static <T> T with(String source, JsonNode changes, Class<T> type, T defaults) {
        requireObject(source, changes);
        return convert(source, merge(source, "", type, MAPPER.valueToTree(defaults), changes), type);
    }

    /** {@code settings} with another value for one of its keys. */
    public static <T extends Record> T replace(T settings, String key, Object value) {
        ObjectNode tree = MAPPER.valueToTree(settings);
        tree.set(key, MAPPER.valueToTree(value));
        @SuppressWarnings("unchecked")
        Class<T> type = (Class<T>) settings.getClass();
        return convert(type.getSimpleName(), tree, type);
    }

    /** A value as a tree. */
    public static JsonNode toTree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** A tree as a value of a type; {@code source} names its origin in messages. */
    public static <T> T convert(String source, JsonNode tree, Class<T> type) {
        if (tree.isMissingNode() || type.isRecord() && tree.isNull()) {
            throw new InputException(source + ": a part is missing or null");
        }
        if (type.isRecord() && !isWrittenAsText(type)) {
            requireObject(source, tree);
        }
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (UnrecognizedPropertyException e) {
            Collection<Object> known = e.getKnownPropertyIds();
            String where = e.getPath().size() > 1 ? place(e) : "";
            throw new InputException(source + ": unknown key '" + e.getPropertyName() + "'" + where
                    + nearest(e.getPropertyName(), known.stream().map(Object::toString).toList()), e);
        } catch (JsonMappingException e) {
            Throwable cause = e.getCause();
            String what = cause instanceof InputException ? cause.getMessage()
                    : cause instanceof NullPointerException ? "a value is missing or null"
                    : e instanceof InvalidNullException ? "null, in a list or table that must not hold it"
                    : e instanceof MismatchedInputException wrong ? words(wrong, at(tree, e)) : firstLine(e.getOriginalMessage());
            throw new InputException(source + place(e) + ": " + what, e);
        } catch (JsonProcessingException e) {
            throw new InputException(source + ": " + firstLine(e.getOriginalMessage()), e);
        }
    }

    private static boolean isWrittenAsText(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).anyMatch(method -> method.isAnnotationPresent(JsonCreator.class));
    }

    /** The value as indented JSON. */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The value as JSON on one line, without a line end. */
    public static String line(Object value) {
        try {
            return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** " (did you mean 'x'? known: a, b, x)", for messages about a name that is not in a list. */
    public static String nearest(String name, Collection<String> known) {
        if (known.isEmpty()) {
            return "";
        }
        return " (did you mean '" + Nearest.to(name, known) + "'? known: "
                + known.stream().sorted().collect(Collectors.joining(", ")) + ")";
    }

    /**
     * @param where the keys above, each with a dot behind it
     * @param type of the settings; {@link OrNull} says which of them may be null
     */
    private static JsonNode merge(String source, String where, Class<?> type, JsonNode defaults, JsonNode changes) {
        if (!(defaults instanceof ObjectNode result) || !changes.isObject()) {
            return changes;
        }
        changes.properties().forEach(entry -> {
            String key = entry.getKey();
            JsonNode before = result.get(key);
            RecordComponent component = component(type, key);
            if (entry.getValue().isNull() && before != null && !before.isNull()
                    && (component == null || !component.isAnnotationPresent(OrNull.class))) {
                throw new InputException(source + ": " + where + key + " is null; give it a value, or leave it out for "
                        + (before.isValueNode() ? before.toString() : "the default"));
            }
            result.set(key, before == null ? entry.getValue() : merge(source, where + key + ".",
                    component == null ? Object.class : component.getType(), before, entry.getValue()));
        });
        return result;
    }

    /** The component of a record that a key stands for; null if the type is no record or has no such key. */
    private static RecordComponent component(Class<?> type, String key) {
        return !type.isRecord() ? null : Arrays.stream(type.getRecordComponents())
                .filter(c -> key(c).equals(key)).findFirst().orElse(null);
    }

    private static String key(RecordComponent component) {
        JsonProperty given = component.getAccessor().getAnnotation(JsonProperty.class);
        return given != null ? given.value()
                : PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName());
    }

    /** A value of the wrong kind, and what is expected. */
    private static String words(MismatchedInputException e, JsonNode value) {
        Class<?> type = e.getTargetType() == null ? Object.class : e.getTargetType();
        String expected = value.isMissingNode() ? null : type.isEnum() ? "one of " + Arrays.stream(type.getEnumConstants())
                        .map(one -> "\"" + one.toString().toLowerCase(Locale.ROOT) + "\"").collect(Collectors.joining(", "))
                : type == boolean.class || type == Boolean.class ? "true or false"
                : type == String.class ? "a text in quotes"
                : List.of(int.class, long.class, Integer.class, Long.class).contains(type) ? "a whole number"
                : type.isPrimitive() || Number.class.isAssignableFrom(type) ? "a number"
                : type.isRecord() || Map.class.isAssignableFrom(type) ? "{...} with keys and values"
                : Collection.class.isAssignableFrom(type) ? "a list, [...]" : null;
        if (value.isMissingNode() && type.isPrimitive()) {
            return "it is missing";
        }
        return expected == null ? firstLine(e.getOriginalMessage()) : shown(value) + " is not " + expected;
    }

    /** The value that an exception is about; missing where it is not found. */
    private static JsonNode at(JsonNode tree, JsonMappingException e) {
        for (JsonMappingException.Reference step : e.getPath()) {
            tree = step.getFieldName() != null ? tree.path(step.getFieldName())
                    : tree.isArray() ? tree.path(step.getIndex()) : tree; // one value may stand for a list of it
        }
        return tree;
    }

    private static String place(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(r -> r.getFieldName() != null ? r.getFieldName() : "[" + r.getIndex() + "]")
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : " at " + path;
    }

    private static String firstLine(String text) {
        return text == null ? "not understood" : text.lines().findFirst().orElse("not understood");
    }
}
