package gift.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gift.Shared;
import gift.cli.MetricsCommand;
import gift.io.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MetricsTest {
    @TempDir
    Path root;

    private static final AccuracyMatrix THREE = AccuracyMatrix.of(List.of("A", "B", "C"))
            .withRow(90, 40, 30)
            .withRow(80, 70, 20)
            .withRow(60, 65, 50);

    @Test
    void byHand() {
        Metrics m = Metrics.of(THREE.withBefore(1, 2, 3));
        assertThat(m.transferPerTask()).containsExactly(Double.NaN, 40.0, 25.0);
        assertThat(m.transfer()).isEqualTo(32.5);
        assertThat(m.avgPerTask().get(1)).isCloseTo(175 / 3.0, within(1e-12));
        assertThat(m.avg()).isCloseTo((230 + 175 + 100) / 9.0, within(1e-12));
        assertThat(m.lastPerTask()).containsExactly(60.0, 65.0, 50.0);
        assertThat(m.last()).isCloseTo(175 / 3.0, within(1e-12));
        assertThat(m.backwardTransfer()).isEqualTo((-30 - 5 + 0) / 2.0);
    }

    @Test
    void oneTask() {
        Metrics m = Metrics.of(AccuracyMatrix.of(List.of("A")).withRow(50));
        assertThat(m.transfer()).isNaN();
        assertThat(m.backwardTransfer()).isNaN();
        assertThat(m.last()).isEqualTo(50);
    }

    @Test
    void publishedMatrices() throws IOException {
        Path folder = Shared.require("paper/mtil_matrices");
        JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        assertThat(expected).hasSize(16);
        for (JsonNode row : expected) {
            Path file = folder.resolve(row.get("matrix").asText());
            AccuracyMatrix matrix = AccuracyMatrix.read(file);
            Metrics m = Metrics.of(matrix);
            assertThat(m.transfer()).as(file + " Transfer").isCloseTo(row.get("transfer").asDouble(), within(5.1e-5));
            assertThat(m.avg()).as(file + " Avg").isCloseTo(row.get("avg").asDouble(), within(5.1e-5));
            assertThat(m.last()).as(file + " Last").isCloseTo(row.get("last").asDouble(), within(5.1e-5));
            matrix.write(root.resolve("again.csv"));
            assertThat(Files.readString(root.resolve("again.csv")))
                    .isEqualTo(Files.readString(file).replace("\r\n", "\n"));
        }
    }

    @Test
    void unfinishedRuns() {
        AccuracyMatrix matrix = AccuracyMatrix.of(List.of("A", "B")).withBefore(10, 20).withRow(30, 40);
        matrix.write(root.resolve("m.csv"));
        AccuracyMatrix read = AccuracyMatrix.read(root.resolve("m.csv"));
        assertThat(read.isComplete()).isFalse();
        assertThat(read.rows()).isEqualTo(1);
        assertThat(read.get(0, 1)).isEqualTo(40);
        assertThat(read.before()).hasValueSatisfying(before -> assertThat(before).containsExactly(10, 20));
        assertThatThrownBy(() -> Metrics.of(read)).isInstanceOf(InputException.class).hasMessageContaining("B");
        assertThatThrownBy(() -> read.withRow(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read.withRow(1, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> THREE.withRow(1, 2, 3)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void brokenFiles() throws IOException {
        Path file = root.resolve("bad.csv");
        assertThatThrownBy(() -> AccuracyMatrix.read(file)).isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString());
        String head = "after_training_on,A,B\n";
        for (String[] bad : new String[][] {
            {"", "first row"},
            {"task,A,B\n", "first row"},
            {"after_training_on\n", "at least one task"},
            {"after_training_on,A,A\n", "\"A\""},
            {"after_training_on,A,\n", "\"\""},
            {head + "A,1\n", "row 1 (A)", "1 accuracies for 2 tasks"},
            {head + "A,1,2,3\n", "row 1 (A)", "3 accuracies"},
            {head + "B,1,2\n", "row 1 (B)", "expected the row of A"},
            {head + "A,1,2\nA,1,2\n", "row 2 (A)", "expected the row of B"},
            {head + "A,1,2\nB,1,x\n", "row 2 (B)", "column B", "\"x\""},
            {head + "A,1,\n", "row 1 (A)", "column B", "\"\""},
            {head + "A,NaN,1\n", "column A", "\"NaN\""},
            {head + "A,-1,1\n", "column A", "\"-1\""},
            {head + "A,100.1,1\n", "column A", "\"100.1\""},
            {head + "A,0x1p3,1\n", "column A"},
            {head + "A,1d,1\n", "column A"},
            {head + "A,1,1\nB,1,1\nC,1,1\n", "row 3 (C)", "more rows"},
            {head + "A,1,1\nbefore_training,1,1\n", "row 2 (before_training)"},
        }) {
            Files.writeString(file, bad[0]);
            assertThatThrownBy(() -> AccuracyMatrix.read(file)).as(bad[0]).isInstanceOf(InputException.class)
                    .hasMessageContaining(file.toString()).hasMessageContainingAll(Arrays.copyOfRange(bad, 1, bad.length))
                    .message().doesNotContain("\n");
        }
    }

    @Test
    void inTheTerminal() {
        Path file = root.resolve("m.csv");
        THREE.write(file);
        StringWriter out = new StringWriter();
        int code = new CommandLine(new MetricsCommand()).setOut(new PrintWriter(out)).execute(file.toString());
        assertThat(code).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines(file + """

                Transfer 32.5000  Avg 56.1111  Last 58.3333  BWT -17.5000

                                 A         B         C
                Transfer         -   40.0000   25.0000
                Avg        76.6667   58.3333   33.3333
                Last       60.0000   65.0000   50.0000

                """);
        assertThat(new CommandLine(new MetricsCommand()).setErr(new PrintWriter(new StringWriter())).execute())
                .isEqualTo(2);
    }
}
