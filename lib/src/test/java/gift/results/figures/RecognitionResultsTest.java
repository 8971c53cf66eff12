package gift.results.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gift.eval.Interval;
import gift.io.InputException;
import gift.results.RecognitionRuns;
import gift.results.ResultFolders;
import gift.results.tables.ResultTable;
import gift.results.tables.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Tables and figures of recognition studies. */
class RecognitionResultsTest {
    private static final String HEADER = "task,method,shots,seed,accuracy,epoch,epoch_chosen_by\n";

    @TempDir
    private Path folder;

    private ResultFolders folders() {
        return new ResultFolders(folder.resolve("runs"), Path.of("../results/published"), folder.resolve("reference"));
    }

    private Tables study(String rows) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("runs/some")).resolve("results.csv"), HEADER + rows);
        return new Tables(folders(), Interval.Kind.T);
    }

    private static final String TWO_TASKS = """
            DTD,zero_shot,0,1,40,0,
            DTD,synthetic,0,1,44,3,validation
            DTD,synthetic,0,2,46,2,validation
            DTD,synthetic_hard,0,1,41,3,validation
            DTD,synthetic_hard,0,2,45,2,validation
            DTD,real,1,1,50,1,validation
            DTD,real,1,2,52,1,validation
            DTD,real,4,1,60,1,validation
            DTD,real,4,2,64,1,validation
            DTD,mixed,4,1,61,1,validation
            DTD,mixed,4,2,67,1,validation
            Own,zero_shot,0,1,20,0,
            Own,synthetic,0,1,20,3,validation
            Own,synthetic,0,2,22,2,validation
            Own,synthetic_hard,0,1,21,3,validation
            Own,synthetic_hard,0,2,21,2,validation
            Own,real,1,1,30,1,validation
            Own,real,1,2,32,1,validation
            Own,real,4,1,40,1,validation
            Own,real,4,2,44,1,validation
            Own,mixed,4,1,41,1,validation
            Own,mixed,4,2,43,1,validation
            """;

    @Test
    void tables() throws IOException {
        Tables tables = study(TWO_TASKS);
        Table main = tables.get("some").data();
        assertThat(main.rowCount()).isEqualTo(6);
        assertThat(main.doubleColumn("accuracy").asList()).startsWith(30.0, 33.0, 32.0); // (44 + 20) / 2 = 32 and 34; 31 and 33
        assertThat(main.doubleColumn("accuracy_low").isMissing(0)).isTrue();
        assertThat(main.doubleColumn("accuracy_low").get(1)).isCloseTo(33 - 12.7062, within(1e-3)); // t(0.975, 1) s / sqrt(2), s = sqrt(2)
        assertThat(tables.get("some_tasks").data().doubleColumn("Own").asList()).startsWith(20.0, 21.0, 21.0);

        Table ablations = tables.get("some_ablations").data();
        assertThat(ablations.stringColumn("change").asList()).containsExactly("synthetic images, no real ones", "hard labels alone",
                "synthetic images beside real ones");
        assertThat(ablations.doubleColumn("difference").asList()).containsExactly(3.0, -1.0, 1.0); // 2, 4; -1, -1; 1, 1
        assertThat(ablations.stringColumn("verdict").asList()).containsExactly("not told apart", "lower", "higher");

        ResultTable beside = tables.get("some_published");
        Table rows = beside.data();
        Table dtd = rows.where(rows.stringColumn("data_set").isEqualTo("DTD"));
        assertThat(dtd.doubleColumn("gain").get(0)).isEqualTo(5);
        assertThat(dtd.doubleColumn("clip_vitb16_syn").get(0)).isGreaterThan(dtd.doubleColumn("clip_vitb16").get(0)).isGreaterThan(40);
        assertThat(rows.rowCount()).isEqualTo(17 + 1 + 1);
        assertThat(rows.where(rows.stringColumn("data_set").isEqualTo("Own")).doubleColumn("clip_rn50").isMissing(0)).isTrue();
        assertThat(beside.text()).contains("those of the data sets that were run", "validation");
    }

    @Test
    void figures() throws IOException {
        study(TWO_TASKS);
        Figures figures = new Figures(folders(), Interval.Kind.T);
        Figure shots = figures.get("some_shots");
        assertThat(shots.panels().get(0).getSeriesMap()).containsKeys("zero_shot", "synthetic", "synthetic interval", "real")
                .doesNotContainKeys("synthetic_hard", "zero_shot interval", "mixed"); // mixed lacks one shot
        Figure published = figures.get("he2023_figure1");
        assertThat(published.panels()).hasSize(2);
        shots.write(folder.resolve("s.png"));
        published.write(folder.resolve("p.svg"));
        assertThat(folder.resolve("s.png")).isNotEmptyFile();
    }

    @Test
    void whatDoesNotServe() throws IOException {
        Tables tables = study("DTD,zeroshot,0,1,40,0,\n");
        assertThatThrownBy(() -> tables.get("some")).isInstanceOf(InputException.class)
                .hasMessageContaining("no method 'zeroshot'");
        Tables number = study("DTD,zero_shot,0,1,high,0,\n");
        assertThatThrownBy(() -> number.get("some")).isInstanceOf(InputException.class)
                .hasMessageContaining("results.csv, row 1");
        Tables published = study("DTD,real,1,1,40,0,best_on_test_as_published\n");
        assertThat(published.get("some").text()).contains("TEST images");
        assertThat(RecognitionRuns.studies(folder.resolve("nowhere"))).isEmpty();
    }
}
