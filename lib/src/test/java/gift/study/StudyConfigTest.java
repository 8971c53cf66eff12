package gift.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyConfigTest {
    @TempDir
    Path folder;

    private StudyMethod only(String settings) throws IOException {
        Path file = folder.resolve("study.json");
        Files.writeString(file, "{\"references\": {\"synthetic\": {\"set\": \"web\"}}, \"methods\": {\"mine\": " + settings + "}}");
        return StudyConfig.read(file).resolved("study.json").get(0);
    }

    @Test
    void aTeacherOfNullIsNone() throws IOException {
        assertThat(only("{\"base\": \"gift\", \"teacher\": null, \"distillation\": 0}").method().teacher()).isNull();
    }

    @Test
    void otherValuesAreNotNull() {
        assertThatThrownBy(() -> only("{\"base\": \"gift\", \"penalty\": null}")).isInstanceOf(InputException.class)
                .hasMessageContaining("penalty is null; give it a value, or leave it out for \"FISHER\"");
    }
}
