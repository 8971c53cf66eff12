package gift.train;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One difference between the settings that a folder was begun with and those of now.
 *
 * @param place of the setting, {@code training[0].iterations}
 * @param before its value as JSON on one line, cut where it is long, or "absent"
 * @param now likewise
 */
public record SettingsChange(String place, String before, String now) {
    private static final int SHOWN = 60; // characters of a value

    /**
     * All differences, in the order of the settings.
     *
     * @param added what settings are that {@code before} does not name, by their names; others are absent
     */
    public static List<SettingsChange> between(JsonNode before, JsonNode now, JsonNode added) {
        List<SettingsChange> changes = new ArrayList<>();
        collect("", before, now, added, changes);
        return changes;
    }

    private static void collect(String place, JsonNode before, JsonNode now, JsonNode added, List<SettingsChange> changes) {
        if (before.isObject() && now.isObject()) {
            Set<String> names = new LinkedHashSet<>();
            before.fieldNames().forEachRemaining(names::add);
            now.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                JsonNode then = before.has(name) ? before.get(name) : added.path(name);
                collect(place.isEmpty() ? name : place + "." + name, then, now.path(name), added, changes);
            }
        } else if (before.isArray() && now.isArray()) {
            for (int i = 0; i < Math.max(before.size(), now.size()); i++) {
                collect(place + "[" + i + "]", before.path(i), now.path(i), added, changes);
            }
        } else if (!before.equals(now)) {
            changes.add(new SettingsChange(place, shown(before), shown(now)));
        }
    }

    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "absent" : Json.line(value);
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
