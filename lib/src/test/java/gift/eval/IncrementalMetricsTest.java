package gift.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import gift.Shared;
import gift.cli.MetricsCommand;
import gift.eval.ContinuumMetrics.Release;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Metrics of class-incremental learning, by hand and by the published code, and their two files. */
class IncrementalMetricsTest {
    private static final double EXACT = 1e-9;

    @TempDir
    Path folder;

    /** Three steps of 10, 5 and 5 classes; 20, 10 and 10 test images. */
    private final IncrementalMatrix three = IncrementalMatrix.of(List.of(10, 5, 5), List.of(20, 10, 10))
            .withBefore(60, 50, 40)
            .withRow(90, 56)
            .withRow(70, 80, 44)
            .withRow(75, 50, 90);

    @Test
    void everyMetricByHand() {
        IncrementalMetrics metrics = IncrementalMetrics.of(three);
        // A_1 = 90; A_2 = (20 * 70 + 10 * 80) / 30 = 73.33; A_3 = (20 * 75 + 10 * 50 + 10 * 90) / 40 = 72.5
        assertThat(metrics.accuracy()).containsExactly(90.0, 2200.0 / 30, 72.5);
        assertThat(metrics.last()).isEqualTo(72.5);
        assertThat(metrics.avg()).isCloseTo((90 + 2200.0 / 30 + 72.5) / 3, within(EXACT));
        // ((max(90, 70) - 75) + (80 - 50)) / 2
        assertThat(metrics.forgetting()).isEqualTo(22.5);
        // ((75 - 90) + (50 - 80)) / 2
        assertThat(metrics.backwardTransfer()).isEqualTo(-22.5);
        // ((56 - 50) + (44 - 40)) / 2
        assertThat(metrics.forwardTransfer()).isEqualTo(5);
        assertThat(three.classesSeen()).containsExactly(10, 15, 20);
    }

    @Test
    void forgettingAndBackwardTransferDifferWhereAStepGotBetter() {
        IncrementalMatrix better = IncrementalMatrix.of(List.of(1, 1, 1), List.of(1, 1, 1))
                .withRow(50).withRow(80, 60).withRow(70, 60, 40);
        assertThat(IncrementalMetrics.forgetting(better)).isEqualTo(5); // ((80 - 70) + (60 - 60)) / 2
        assertThat(IncrementalMetrics.backwardTransfer(better)).isEqualTo(10); // ((70 - 50) + 0) / 2
        assertThat(IncrementalMetrics.of(better).forwardTransfer()).isNaN();
        IncrementalMatrix one = IncrementalMatrix.of(List.of(2), List.of(3)).withRow(50);
        assertThat(IncrementalMetrics.of(one)).isEqualTo(new IncrementalMetrics(List.of(50.0), 50, 50, 0, 0, 0));
    }

    @Test
    void whatContinuumPrints() {
        // up to 1.2.3 j and l are the first step alone: (90 - 75) / 2; then as above
        assertThat(ContinuumMetrics.forgetting(three, Release.V1_2_0)).isEqualTo(7.5);
        assertThat(ContinuumMetrics.forgetting(three, Release.V1_2_4)).isEqualTo(22.5);
        // the pair (3, 1) alone: (75 - 90) / 3; then (2, 1), (3, 1), (3, 2): (-20 - 15 - 30) / 3
        assertThat(ContinuumMetrics.backwardTransfer(three, Release.V1_2_0)).isEqualTo(-5);
        assertThat(ContinuumMetrics.backwardTransfer(three, Release.V1_2_4)).isCloseTo(-65.0 / 3, within(EXACT));
        // (70 + 75 + 50) / 3: steps that were trained
        assertThat(ContinuumMetrics.forwardTransfer(three)).isEqualTo(65);
    }

    @Test
    void asThePublishedCode() {
        JsonNode cases = Json.tree(Shared.require("parity/cil/manifest.json")).at("/cases/metrics/cases");
        int checked = 0;
        for (JsonNode one : cases) {
            if (!one.path("evaluated").asText().equals("tasks seen so far")) {
                continue;
            }
            List<Integer> images = StreamSupport.stream(one.get("test_samples_per_task").spliterator(), false)
                    .map(JsonNode::asInt).toList();
            IncrementalMatrix matrix = IncrementalMatrix.of(Collections.nCopies(images.size(), 1), images);
            for (int i = 0; i < images.size(); i++) {
                JsonNode row = one.get("accuracy_matrix").get(i);
                matrix = matrix.withRow(IntStream.rangeClosed(0, i).mapToDouble(j -> 100 * row.get(j).asDouble()).toArray());
                JsonNode logged = one.get("logged_after_each_task").get(i);
                assertThat(matrix.accuracy(i)).isCloseTo(logged.get("acc").asDouble(), within(1e-6));
                assertThat(ContinuumMetrics.forgetting(matrix, Release.V1_2_4))
                        .isCloseTo(logged.get("forgetting").asDouble(), within(1e-6));
                assertThat(ContinuumMetrics.backwardTransfer(matrix, Release.V1_2_4))
                        .isCloseTo(logged.get("bwt").asDouble(), within(1e-6));
                assertThat(ContinuumMetrics.forwardTransfer(matrix))
                        .isCloseTo(logged.get("fwt_of_continuum_1_2_0").asDouble(), within(1e-6));
            }
            IncrementalLog log = IncrementalLog.of(matrix, Release.V1_2_4);
            assertThat(log.last()).isEqualTo(one.get("last").asDouble());
            assertThat(log.avg()).isEqualTo(one.get("avg").asDouble());
            checked++;
        }
        assertThat(checked).isGreaterThanOrEqualTo(2);
    }

    @Test
    void theLog() throws IOException {
        Path file = folder.resolve("metrics.json");
        IncrementalLog log = IncrementalLog.of(three, Release.V1_2_4);
        log.write(file);
        assertThat(file).hasContent("""
                {"task": 0, "acc": 90.0, "avg_acc": 90.0, "forgetting": 0.0, "acc_per_task": [90.0], "bwt": 0.0, "fwt": 0.0}
                {"task": 1, "acc": 73.33, "avg_acc": 81.67, "forgetting": 20.0, "acc_per_task": [70.0, 80.0], "bwt": -20.0, "fwt": 70.0}
                {"task": 2, "acc": 72.5, "avg_acc": 78.61, "forgetting": 22.5, "acc_per_task": [75.0, 50.0, 90.0], "bwt": -21.67, "fwt": 65.0}
                {"last": 72.5, "avg": 78.61}
                """);
        assertThat(IncrementalLog.isOne(file)).isTrue();
        assertThat(IncrementalLog.read(file)).isEqualTo(log);
        assertThat(log.release()).contains(Release.V1_2_4);
        assertThat(IncrementalLog.of(three, Release.V1_2_0).release()).contains(Release.V1_2_0);
        assertThat(log.matrix().get(2, 1)).isEqualTo(50);
        assertThat(log.matrix().accuracy(1)).isEqualTo(73.33);
        String text = Files.readString(file);
        for (String[] bad : new String[][] {
            {text.replace("\"bwt\": -20.0, ", ""), "line 2", "bwt", "missing"},
            {text.replace("[70.0, 80.0]", "[70.0]"), "line 2", "2 numbers"},
            {text.replace("\"task\": 1", "\"task\": 2"), "line 2", "task 2", "expected 1"},
            {text.replace("\"acc\": 72.5", "\"acc\": 172.5"), "line 3", "acc", "172.5"},
            {text + text, "line 5", "one log"},
            {"{\"last\": 1, \"avg\": 1}\n", "no line with acc_per_task"},
            {text.replace("}\n{\"task\": 2", "\n{\"task\": 2"), "line 2"},
        }) {
            Files.writeString(file, bad[0]);
            assertThatThrownBy(() -> IncrementalLog.read(file)).isInstanceOf(InputException.class)
                    .hasMessageContainingAll(Arrays.copyOfRange(bad, 1, bad.length)).message().doesNotContain("\n");
        }
    }

    @Test
    void theFilesOfARun() throws IOException {
        Path file = folder.resolve("matrix.csv");
        AccuracyMatrix all = AccuracyMatrix.of(List.of("classes_1-10", "classes_11-15", "classes_16-20")).withBefore(60, 50, 40)
                .withRow(90, 56, 30).withRow(70, 80, 44);
        all.write(file);
        Path seen = folder.resolve("seen.csv");
        assertThat(IncrementalMatrix.isOne(file)).isFalse();
        String text = "after_training_on,classes,images,right,accuracy\nclasses_1-10,10,20,18,90.000000\n"
                + "classes_11-15,15,30,22,73.333333\nclasses_16-20,20,40,29,72.500000\n";
        Files.writeString(seen, text);
        assertThat(IncrementalMatrix.isOne(file)).isTrue();
        assertThat(IncrementalMatrix.read(file).rows()).isEqualTo(2);
        assertThatThrownBy(() -> IncrementalMetrics.of(IncrementalMatrix.read(file))).isInstanceOf(InputException.class)
                .hasMessageContaining("2 of 3 steps");
        all.withRow(75, 50, 90).write(file);
        assertThat(IncrementalMetrics.of(IncrementalMatrix.read(file))).isEqualTo(IncrementalMetrics.of(three));
        for (String[] bad : new String[][] {
            {text.replace("classes,images", "images,classes"), "seen.csv", "first row"},
            {text.replace("classes_16-20,20,40,29,72.500000\n", ""), "seen.csv has 2 steps"},
            {text.replace("classes_11-15,15", "classes_11-16,15"), "row 2", "expected the step classes_11-15"},
            {text.replace(",15,30", ",15,20"), "row 2", "\"20\"", "20"},
        }) {
            Files.writeString(seen, bad[0]);
            assertThatThrownBy(() -> IncrementalMatrix.read(file)).isInstanceOf(InputException.class)
                    .hasMessageContainingAll(Arrays.copyOfRange(bad, 1, bad.length)).message().doesNotContain("\n");
        }
        assertThatThrownBy(() -> IncrementalMatrix.of(List.of(1, 0), List.of(1, 1))).isInstanceOf(InputException.class);
    }

    @Test
    void onTheTerminal() throws IOException {
        Path file = folder.resolve("metrics.json");
        IncrementalLog.of(three, Release.V1_2_0).write(file);
        StringWriter out = new StringWriter();
        int code = new CommandLine(new MetricsCommand()).setOut(new PrintWriter(out)).execute(file.toString());
        assertThat(code).isZero();
        assertThat(out.toString()).contains("Last 72.5000  Avg 78.6100  Forgetting 22.5000  BWT -22.5000  FWT -",
                "up to 1.2.3: forgetting 7.5000  bwt -5.0000  fwt 65.0000  (this log's)",
                "1.2.4 to 1.2.7: forgetting 22.5000  bwt -21.6667  fwt 65.0000\n");
        AccuracyMatrix.of(List.of("a", "b")).withRow(90, 50).withRow(70, 80).write(folder.resolve("matrix.csv"));
        Files.writeString(folder.resolve("seen.csv"),
                "after_training_on,classes,images,right,accuracy\na,10,20,18,90\nb,15,30,22,73.3\n");
        CommandLine metrics = new CommandLine(new MetricsCommand()).setOut(new PrintWriter(new StringWriter()));
        assertThat(metrics.execute(folder.resolve("matrix.csv").toString(), "--log", folder.resolve("log.json").toString())).isZero();
        assertThat(IncrementalLog.read(folder.resolve("log.json")).steps().get(1))
                .isEqualTo(new IncrementalLog.Step(1, 73.33, 81.67, 20, List.of(70.0, 80.0), -20, 70));
        assertThat(out.toString()).containsPattern("accuracy +90\\.0000 +73\\.3300 +72\\.5000");
    }
}
