package gift.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import gift.tensor.Compute;
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

    /** Its gradients pile up over updates, whose loss scales differ. */
    @Test
    void fp16IsRefusedForThePublishedStaticFisher() throws IOException {
        String settings = "{\"base\": \"gift_static_fisher_published\", \"training\": {\"compute\": \"COMPUTE\"}}";
        assertThat(only(settings.replace("COMPUTE", "bf16")).training()).allMatch(t -> t.compute() == Compute.BF16);
        assertThatThrownBy(() -> only(settings.replace("COMPUTE", "fp16"))).isInstanceOf(InputException.class)
                .hasMessageContaining("method mine: training.compute fp16 does not go with").hasMessageContaining("bf16");
        assertThatThrownBy(() -> only(settings.replace("COMPUTE", "half"))).isInstanceOf(InputException.class)
                .hasMessageContaining("compute").hasMessageContaining("not one of \"fp32\", \"tf32\", \"bf16\", \"fp16\"");
    }
}
