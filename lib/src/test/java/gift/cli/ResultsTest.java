package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.eval.AccuracyMatrix;
import gift.results.tables.SmallRuns;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gift table} and {@code gift figure}. */
class ResultsTest {
    @TempDir
    Path root;

    @BeforeEach
    void runs() {
        SmallRuns.run(root, "small", "gift", 1, SmallRuns.matrix(0));
        SmallRuns.run(root, "small", "gift", 2, SmallRuns.matrix(1));
        SmallRuns.run(root, "small", "zscl", 1, AccuracyMatrix.of(SmallRuns.TASKS).withRow(1, 2, 3));
    }

    private Terminal gift(Object... arguments) {
        Object[] all = Arrays.copyOf(arguments, arguments.length + 4);
        System.arraycopy(new Object[] {"--runs", root, "--published", "../results/published"}, 0, all, arguments.length, 4);
        return Terminal.run(all);
    }

    @Test
    void lists() {
        assertThat(gift("table", "--list").out()).contains("published_order_I ", "he2023_table1 ", "small ", "small_published ");
        assertThat(gift("figure", "--list").out()).contains("published_order_II_scatter ", "small_scatter ")
                .doesNotContain("small_weights "); // no run kept its weights
    }

    @Test
    void tablesInEveryFormat() {
        String csv = "gift,2,33,32.5,33.5,56.6111,56.1111,57.1111,58.8333,58.3333,59.3333\n";
        Terminal asCsv = gift("table", "small", "--format", "csv");
        assertThat(asCsv.out()).endsWith(csv).hasLineCount(2);
        assertThat(asCsv.err()).contains("left out").contains("zscl").contains("bootstrap").hasLineCount(2);
        assertThat(gift("table", "small").out()).contains("GIFT        2  33.00 [32.50, 33.50]").contains("left out");
        assertThat(gift("table", "small", "--format", "Markdown").out()).contains("| GIFT | 2 | 33.00 [32.50, 33.50] |");
        // t(0.975, 1) / sqrt 2 times the deviation of 0 and 1: 12.7062 * 0.5
        assertThat(gift("table", "small", "--interval", "t").out()).contains("33.00 [26.65, 39.35]");
    }

    @Test
    void figures() {
        Terminal terminal = gift("figure", "small_heatmap", "--seed", 2, "--out", root.resolve("new/map.svg"));
        assertThat(terminal.code()).isZero();
        assertThat(terminal.out().strip()).isEqualTo(root.resolve("new/map.svg").toString());
        assertThat(root.resolve("new/map.svg")).exists();
    }

    @Test
    void badInput() {
        refused("no table 'smal' (did you mean 'small'?", "table", "smal");
        refused("--list names them", "table");
        refused("--list names them", "figure", "small_heatmap");
        refused("'--format'", "table", "small", "--format", "xml");
        refused("'--interval'", "table", "small", "--interval", "z");
        refused("no figure 'small_map'", "figure", "small_map", "--out", root.resolve("x.png"));
        refused(".png or .svg", "figure", "small_heatmap", "--out", root.resolve("x.pdf"));
        assertThat(root.resolve("x.pdf")).doesNotExist();
    }

    private void refused(String part, Object... arguments) {
        Terminal terminal = gift(arguments);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ");
        assertThat(terminal.code()).isEqualTo(2);
    }
}
