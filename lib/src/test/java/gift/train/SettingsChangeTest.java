package gift.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsChangeTest {
    private static List<SettingsChange> changes(String before, String now) {
        JsonNode added = Json.parse("test", "{\"parts\": 1}");
        return SettingsChange.between(Json.parse("test", before), Json.parse("test", now), added);
    }

    @Test
    void everyDifferenceWithItsPlace() {
        assertThat(changes("{\"a\": [{\"b\": 60}, 7], \"c\": \"x\"}", "{\"a\": [{\"b\": 50}, 7, 8], \"d\": true}"))
                .containsExactly(new SettingsChange("a[0].b", "60", "50"), new SettingsChange("a[2]", "absent", "8"),
                        new SettingsChange("c", "\"x\"", "absent"), new SettingsChange("d", "absent", "true"));
    }

    @Test
    void settingsThatEarlierFilesDoNotName() {
        assertThat(changes("{\"a\": {}}", "{\"a\": {\"parts\": 1}, \"parts\": 1}")).isEmpty();
        assertThat(changes("{}", "{\"parts\": 2}")).containsExactly(new SettingsChange("parts", "1", "2"));
    }

    @Test
    void longValuesAreCut() {
        String text = "x".repeat(100);
        assertThat(changes("{\"a\": 1}", "{\"a\": \"" + text + "\"}"))
                .containsExactly(new SettingsChange("a", "1", "\"" + text.substring(41) + "..."));
    }
}
