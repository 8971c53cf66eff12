package gift.dry;

import static org.assertj.core.api.Assertions.assertThat;

import gift.clip.ClipConfig;
import gift.io.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dry run of a study of ImagineFSL with small models. */
class DryImagineTest {
    private static final Path STUDIES = Path.of("../data/studies");

    @TempDir
    Path folder;

    @Test
    void theWholeChain() {
        List<String> log = new ArrayList<>();
        new DryImagine(STUDIES.resolve("imagine_vitb16.json"), folder, DryRunTest.SMALL, "cpu", log::add).run();
        List<List<String>> rows = DryRunTest.rowsOfTheWholeChain(
                folder, "imagine_vitb16", 3); // zero-shot, frozen, with low-rank weights
        assertThat(rows.stream().map(row -> row.get(0)).distinct()).containsExactly("task", "EuroSAT");
        assertThat(Json.tree(folder.resolve("report.json")).get("phases").findValuesAsText("phase")).containsExactly("data", "weights",
                "generation", "base set", "pretraining, tuning of a frozen tower", "tuning with low-rank weights");
        assertThat(log).last().asString().contains("peak GiB", "3 updates of 2 groups (135,600 of 200)");
    }

    @Test
    void theMiniWorldNeedsNone() {
        DryRunTest.assertNeedsNone(() -> new DryImagine(
                STUDIES.resolve("mini_imagine.json"), folder, DryRunTest.SMALL, "cpu", line -> { }));
    }

    /** Published are 427,616,513 values. */
    @Test
    void theSizeOfTheLargerBackbone() {
        assertThat(ClipConfig.VIT_L_14.shapes().values().stream().mapToLong(shape -> shape.size()).sum()).isEqualTo(427_616_513);
    }
}
