package gift.results.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.eval.Interval;
import gift.transfer.TransferConfig.Images;
import gift.transfer.TransferConfig.Objective;
import gift.transfer.TransferConfig.Pretraining;
import gift.transfer.TransferResults;
import gift.transfer.TransferStudy.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** The tables of a transfer study, with gains worked out by hand. */
class TransferTablesTest {
    private static TransferResults results() {
        Map<String, Pretraining> all = new LinkedHashMap<>();
        all.put("real", new Pretraining(Objective.SUPERVISED, Images.REAL, 1, 2, "none", ""));
        all.put("real_task_3x", new Pretraining(Objective.SUPERVISED, Images.TASK, 3, 1, "real", ""));
        all.put("dino_3x", new Pretraining(Objective.DINO, Images.GENERIC, 3, 1, "none", ""));
        List<Run> runs = new ArrayList<>();
        double[][] accuracies = {{20, 22, 24}, {30, 30, 36}, {50, 54, 52}, {20, 23, 23}};
        List<String> methods = List.of("none", "real", "real_task_3x", "dino_3x");
        for (String task : List.of("a", "b")) {
            for (int m = 0; m < methods.size(); m++) {
                for (int seed = 0; seed < 3; seed++) {
                    double accuracy = accuracies[m][seed] + (task.equals("a") ? 1 : -1);
                    runs.add(new Run(task, methods.get(m), 20, seed, accuracy, 1e-3));
                }
            }
        }
        return new TransferResults(runs, all);
    }

    private final TransferTables tables = new TransferTables("t", results(), Interval.Kind.T);

    /** Gains of real over none: 10, 8, 12; mean 10, deviation 2, half of the interval 4.3027 * 2 / sqrt(3). */
    @Test
    void gainsOverNoPretraining() {
        Table main = tables.main().data();
        assertThat(main.doubleColumn("accuracy").asDoubleArray()).containsExactly(new double[] {22, 32, 52, 22}, within(1e-9));
        assertThat(main.doubleColumn("gain").get(1)).isCloseTo(10, within(1e-9));
        assertThat(main.doubleColumn("gain_high").get(1)).isCloseTo(10 + 4.302653 * 2 / Math.sqrt(3), within(1e-4));
        assertThat(main.stringColumn("verdict").asList()).containsExactly("", "higher", "higher", "not told apart");
        assertThat(tables.tasks().data().doubleColumn("a").get(0)).isCloseTo(23, within(1e-9));
    }

    @Test
    void besideThePublishedRows() {
        Table beside = tables.beside(Path.of("../results/published")).data();
        assertThat(beside.rowCount()).isEqualTo(8 + 6 + 7);
        assertThat(row(beside, 8, "C100 Syn", "yes", "3.6M")).isEqualTo("real_task_3x");
        assertThat(row(beside, 8, "(None)", "yes", "")).isEqualTo("real");
        assertThat(row(beside, 9, "(None)", "yes", "")).isEqualTo("real");
        assertThat(row(beside, 9, "IN-2K Syn", "no", "4.0M")).isEmpty();
        assertThat(row(beside, 11, "IN-2K Syn", "no", "4.0M")).isEqualTo("dino_3x");
        assertThat(row(beside, 11, "(None)", "no", "")).isEqualTo("none");
        assertThat(beside.doubleColumn("published_gain").get(1)).isCloseTo(83.90 - 78.83, within(1e-9));
    }

    private static String row(Table table, int number, String data, String real, String amount) {
        Table found = table.where(table.intColumn("table").isEqualTo(number).and(table.stringColumn("data").isEqualTo(data))
                .and(table.stringColumn("pretrained_on_in1k").isEqualTo(real)).and(table.stringColumn("amount").isEqualTo(amount)));
        assertThat(found.rowCount()).isEqualTo(1);
        return found.stringColumn("pretraining").get(0);
    }
}
