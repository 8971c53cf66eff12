package gift.dry;

import static org.assertj.core.api.Assertions.assertThat;

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
        List<List<String>> rows = DryRunTest.rowsOfTheWholeChain(folder, "he2023_table1_vitb16", 2);
        assertThat(rows.get(2)).startsWith("EuroSAT", "synthetic", "0", "0");
        assertThat(folder.resolve("runs/he2023_table1_vitb16/images/EuroSAT/filter.csv")).isRegularFile();
        assertThat(Json.tree(folder.resolve("report.json")).get("phases").findValuesAsText("phase"))
                .startsWith("data", "weights", "zero_shot", "synthetic");
        assertThat(log).last().asString().contains("peak GiB", "images: 2 of a class (2,000)");
    }

    @Test
    void theMiniWorldNeedsNone() {
        DryRunTest.assertNeedsNone(() -> new DryRecognition(
                STUDIES.resolve("mini_recognition.json"), folder, DryRunTest.SMALL, "cpu", line -> { }));
    }
}
