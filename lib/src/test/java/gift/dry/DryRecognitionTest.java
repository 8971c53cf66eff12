package gift.dry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.Csv;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dry run of a recognition study with small models. */
class DryRecognitionTest {
    private static final Path STUDIES = Path.of("../data/studies");

    @TempDir
    Path folder;

    @Test
    void theWholeChain() {
        List<String> log = new ArrayList<>();
        new DryRecognition(STUDIES.resolve("he2023_table1_vitb16.json"), folder, DryRunTest.SMALL, "cpu", log::add).run();
        List<List<String>> rows = Csv.read(folder.resolve("runs/he2023_table1_vitb16/results.csv"));
        assertThat(rows).hasSize(1 + 2);
        assertThat(rows.get(2)).startsWith("EuroSAT", "synthetic", "0", "0");
        assertThat(folder.resolve("runs/he2023_table1_vitb16/images/EuroSAT/filter.csv")).isRegularFile();
        assertThat(folder.resolve("stable-diffusion")).doesNotExist();
        assertThat(Json.tree(folder.resolve("report.json")).get("phases").findValuesAsText("phase"))
                .startsWith("data", "weights", "zero_shot", "synthetic");
        assertThat(log).last().asString().contains("peak GiB", "images: 2 of a class (2,000)");
    }

    @Test
    void theMiniWorldNeedsNone() {
        assertThatThrownBy(() -> new DryRecognition(STUDIES.resolve("mini_recognition.json"), folder, DryRunTest.SMALL, "cpu",
                line -> { })).isInstanceOf(InputException.class).hasMessageContaining("which is small as it is");
    }
}
