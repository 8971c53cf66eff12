package gift.results.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.eval.AccuracyMatrix;
import gift.eval.Interval;
import gift.io.InputException;
import gift.results.ResultFolders;
import gift.results.StudyRuns;
import gift.results.tables.Published.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyTablesTest {
    private static final String HEADER =
            "method,seeds,transfer,transfer_low,transfer_high,avg,avg_low,avg_high,last,last_low,last_high\n";

    @TempDir
    Path root;

    private Path runs;

    @BeforeEach
    void threeSeedsOfGiftAndOneOfFinetuning() {
        runs = root.resolve("runs");
        for (int seed = 1; seed <= 3; seed++) {
            SmallRuns.run(runs, "small", "gift", seed, SmallRuns.matrix(seed - 1));
        }
        SmallRuns.run(runs, "small", "finetune", 42, SmallRuns.matrix(0));
    }

    private Tables tables() {
        return new Tables(new ResultFolders(runs, PublishedTest.FOLDER, root.resolve("reference")), Interval.Kind.BOOTSTRAP);
    }

    /** Method before method of the paper's order; with three seeds the bootstrap interval is their range. */
    @Test
    void mainTable() {
        assertThat(tables().get("small").csv()).isEqualTo(HEADER
                + "finetune,1,32.5,,,56.1111,,,58.3333,,\n"
                + "gift,3,33.5,32.5,34.5,57.1111,56.1111,58.1111,59.3333,58.3333,60.3333\n");
    }

    @Test
    void textAndMarkdown() {
        assertThat(tables().get("small").text()).isEqualTo("""
                method        seeds              transfer                   avg                  last
                Continual FT      1                 32.50                 56.11                 58.33
                GIFT              3  33.50 [32.50, 34.50]  57.11 [56.11, 58.11]  59.33 [58.33, 60.33]
                [low, high]: 95 % bootstrap interval over seeds; with two or three seeds it is only their range
                """);
        assertThat(tables().get("small").markdown()).startsWith("""
                | method | seeds | transfer | avg | last |
                | --- | ---: | ---: | ---: | ---: |
                | Continual FT | 1 | 32.50 | 56.11 | 58.33 |
                """);
    }

    @Test
    void perTaskAndPerSeed() {
        assertThat(tables().get("small_tasks").csv()).isEqualTo("""
                method,metric,A,B,C,average
                finetune,transfer,,40,25,32.5
                finetune,avg,76.6667,58.3333,33.3333,56.1111
                finetune,last,60,65,50,58.3333
                gift,transfer,,41,26,33.5
                gift,avg,77.6667,59.3333,34.3333,57.1111
                gift,last,61,66,51,59.3333
                """);
        assertThat(tables().get("small_seeds").csv()).isEqualTo("""
                method,seed,transfer,avg,last,backward_transfer
                finetune,42,32.5,56.1111,58.3333,-17.5
                gift,1,32.5,56.1111,58.3333,-17.5
                gift,2,33.5,57.1111,59.3333,-17.5
                gift,3,34.5,58.1111,60.3333,-17.5
                """);
    }

    @Test
    void aWrongCellInAMatrixChangesTheTable() throws IOException {
        Path matrix = runs.resolve("small/finetune/42/matrix.csv");
        String text = Files.readString(matrix);
        assertThat(text).contains("C,60.000000,65.000000,50.000000");
        Files.writeString(matrix, text.replace("C,60.000000,65.000000,50.000000", "C,60.000000,65.000000,53.000000"));
        assertThat(tables().get("small").csv()).contains("finetune,1,32.5,,,56.4444,,,59.3333,,\n");
        Files.writeString(matrix, text.replace("50.000000", "5O.000000"));
        assertThatThrownBy(() -> tables().get("small")).isInstanceOf(InputException.class)
                .hasMessageContainingAll(matrix.toString(), "row 4 (C)", "5O");
        assertThat(tables().get("published_order_I").csv()).contains("gift,69.3,77.3,86");
    }

    @Test
    void unfinishedRunsAreLeftOutAndNamed() {
        SmallRuns.run(runs, "small", "ewc", 7, AccuracyMatrix.of(SmallRuns.TASKS).withRow(1, 2, 3));
        SmallRuns.write(runs.resolve("small/lwf/8/settings.json"), "{}");
        ResultTable table = tables().get("small");
        assertThat(table.csv()).doesNotContain("ewc").doesNotContain("lwf");
        assertThat(table.notes()).hasSize(3);
        assertThat(table.text()).contains("left out, not finished: " + runs.resolve("small/ewc/7") + " (1 of 3 tasks)")
                .contains(runs.resolve("small/lwf/8") + " (no matrix.csv yet)");
    }

    @Test
    void aStudyWithoutAFinishedRunSaysSo() {
        SmallRuns.run(runs, "begun", "gift", 1, AccuracyMatrix.of(SmallRuns.TASKS).withRow(1, 2, 3));
        assertThat(tables().descriptions()).containsKey("begun");
        assertThatThrownBy(() -> tables().get("begun")).isInstanceOf(InputException.class)
                .hasMessageContainingAll("no finished run", "1 of 3");
    }

    @Test
    void runsOverOtherTasksShareNoTable() {
        SmallRuns.run(runs, "small", "zscl", 1, AccuracyMatrix.of(List.of("A", "B")).withRow(1, 2).withRow(3, 4));
        assertThatThrownBy(() -> tables().get("small")).isInstanceOf(InputException.class)
                .hasMessageContainingAll("small", "zscl", "other tasks");
    }

    @Test
    void committedMatricesAreStudiesToo() {
        SmallRuns.matrix(0).write(root.resolve("reference/order_I/gift/42.csv"));
        SmallRuns.matrix(2).write(root.resolve("reference/order_I/gift/43.csv"));
        assertThat(tables().get("reference_order_I").csv()).isEqualTo(HEADER
                + "gift,2,33.5,32.5,34.5,57.1111,56.1111,58.1111,59.3333,58.3333,60.3333\n");
        // other tasks than the paper's, but named after its order: ranks compare
        assertThat(tables().get("reference_order_I_published").csv())
                .contains("gift,transfer,2,33.5,32.5,34.5,69.3,-35.8,other tasks,1,1\n");
    }

    @Test
    void foldersThatAreNoRunsAreNoStudies() {
        SmallRuns.write(runs.resolve("first_clip/model/recipe.json"), "{}");
        SmallRuns.write(runs.resolve("notes.txt"), "x");
        assertThat(StudyRuns.studies(runs)).containsExactly("small");
        assertThat(StudyRuns.studies(root.resolve("nowhere"))).isEmpty();
        assertThatThrownBy(() -> tables().get("smal")).isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'small'?");
    }

    @Test
    void besideThePublished() {
        Published published = new Published(PublishedTest.FOLDER);
        AccuracyMatrix zscl = published.matrices(Order.I).run("zscl", null).matrix();
        for (int seed = 1; seed <= 2; seed++) {
            SmallRuns.run(runs, "copy", "zscl", seed, zscl);
            SmallRuns.run(runs, "copy", "gift", seed, zscl);
        }
        SmallRuns.run(runs, "copy", "lwf", 1, zscl);
        SmallRuns.run(runs, "copy", "wc", 1, zscl);
        String csv = tables().get("copy_published").csv();
        assertThat(csv).startsWith("method,metric,seeds,ours,ours_low,ours_high,published,difference,verdict,"
                        + "rank,published_rank\n")
                .contains("zscl,transfer,2,68.1381,68.1381,68.1381,68.1,0.0381,within,1,2\n")
                .contains("gift,transfer,2,68.1381,68.1381,68.1381,69.3,-1.1619,below,1,1\n")
                .contains("lwf,transfer,1,68.1381,,,56.9,11.2381,one seed,1,3\n")
                .contains("wc,transfer,1,68.1381,,,,,no counterpart,,\n");
        assertThat(tables().get("small_published").csv()).contains("gift,last,3,59.3333,58.3333,60.3333,,,no counterpart,,\n");
    }

    /** The printed number stands for itself give or take 0.05. */
    @Test
    void verdicts() {
        Interval ours = new Interval(70, 69, 71, 3);
        assertThat(StudyTables.verdict(ours, OptionalDouble.of(71.04), true)).isEqualTo("within");
        assertThat(StudyTables.verdict(ours, OptionalDouble.of(71.06), true)).isEqualTo("below");
        assertThat(StudyTables.verdict(ours, OptionalDouble.of(68.96), true)).isEqualTo("within");
        assertThat(StudyTables.verdict(ours, OptionalDouble.of(68.94), true)).isEqualTo("above");
        assertThat(StudyTables.verdict(ours, OptionalDouble.of(70), false)).isEqualTo("other tasks");
        assertThat(StudyTables.verdict(ours, OptionalDouble.empty(), true)).isEqualTo("no counterpart");
        assertThat(StudyTables.verdict(new Interval(70, Double.NaN, Double.NaN, 1), OptionalDouble.of(70), true))
                .isEqualTo("one seed");
    }

    @Test
    void theChosenRun() {
        StudyRuns small = StudyRuns.read(runs.resolve("small"), "small");
        assertThat(small.run(null, null).seed()).isEqualTo(1);
        assertThat(small.run("gift", 3L).seed()).isEqualTo(3);
        assertThatThrownBy(() -> small.run("gft", null)).hasMessageContaining("did you mean 'gift'?");
        assertThatThrownBy(() -> small.run("gift", 9L)).hasMessageContaining("[1, 2, 3]");
    }

    /** What a method is, its settings say; its name says it only where there are none. */
    @Test
    void jointTrainingUnderAnyNameHasNoTransfer() {
        Path joint = SmallRuns.run(runs, "other", "all_at_once", 1, SmallRuns.matrix(0));
        SmallRuns.write(joint.resolve("settings.json"), "{\"method\": {\"learns\": \"JOINTLY\"}, \"seed\": 1}");
        Path tasks = SmallRuns.run(runs, "other", "joint", 1, SmallRuns.matrix(0));
        SmallRuns.write(tasks.resolve("settings.json"), "{\"method\": {\"learns\": \"TASKS\"}, \"seed\": 1}");
        SmallRuns.matrix(0).write(root.resolve("reference/bare/joint/1.csv"));
        assertThat(tables().get("other").csv()).isEqualTo(HEADER
                + "joint,1,32.5,,,56.1111,,,58.3333,,\nall_at_once,1,,,,56.1111,,,58.3333,,\n");
        assertThat(tables().get("bare").csv()).isEqualTo(HEADER + "joint,1,,,,56.1111,,,58.3333,,\n");
    }

    @Test
    void oneTaskHasNoTransfer() {
        SmallRuns.run(runs, "single", "gift", 1, AccuracyMatrix.of(List.of("A")).withRow(50));
        SmallRuns.run(runs, "single", "gift", 2, AccuracyMatrix.of(List.of("A")).withRow(60));
        assertThat(tables().get("single").csv()).isEqualTo(HEADER + "gift,2,,,,55,50,60,55,50,60\n");
    }
}
