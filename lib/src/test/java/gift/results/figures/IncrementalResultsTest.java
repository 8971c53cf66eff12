package gift.results.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gift.Shared;
import gift.eval.AccuracyMatrix;
import gift.eval.ContinuumMetrics.Release;
import gift.eval.IncrementalLog;
import gift.eval.IncrementalMatrix;
import gift.eval.Interval;
import gift.io.Csv;
import gift.io.InputException;
import gift.results.IncrementalRuns;
import gift.results.ResultFolders;
import gift.results.tables.IncrementalTables;
import gift.results.tables.ResultTable;
import gift.results.tables.Tables;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Tables and figures of class-incremental studies, and the published numbers of such. */
class IncrementalResultsTest {
    private static final Path PUBLISHED = Path.of("../results/published");

    @TempDir
    Path folder;

    private ResultFolders folders() {
        return new ResultFolders(folder.resolve("runs"), PUBLISHED, folder.resolve("reference"));
    }

    /** A run of two steps of 10 classes on CIFAR100, whose first step falls from 90 to {@code end}. */
    private void run(String method, long seed, double end) throws IOException {
        Path run = folder.resolve("runs/grown").resolve(method).resolve(Long.toString(seed));
        AccuracyMatrix.of(List.of("classes_1-10", "classes_11-20")).withBefore(60, 50).withRow(90, 52).withRow(end, 80)
                .write(run.resolve("matrix.csv"));
        Files.writeString(run.resolve("seen.csv"), "after_training_on,classes,images,right,accuracy\n"
                + "classes_1-10,10,100,90,90\nclasses_11-20,20,200,0,0\n");
        Files.writeString(run.resolve("settings.json"), "{\"tasks\": [\"CIFAR100\"]}");
        List<String> header = new ArrayList<>(List.of("true"));
        for (int c = 0; c < 20; c++) {
            header.add("class " + c);
        }
        List<List<String>> rows = new ArrayList<>(List.of(header));
        for (int t = 0; t < 20; t++) {
            List<String> row = new ArrayList<>(List.of("class " + t));
            for (int p = 0; p < 20; p++) {
                row.add(p == t ? "8" : p == 19 - t ? "2" : "0");
            }
            rows.add(row);
        }
        Csv.write(run.resolve("confusion/CIFAR100.csv"), rows);
    }

    private void study() throws IOException {
        run("finetune", 1, 40);
        run("finetune", 2, 50);
        run("gift", 1, 80);
        Path log = folder.resolve("runs/grown/zscl/7.json");
        Files.createDirectories(log.getParent());
        Path alone = Files.createDirectories(folder.resolve("runs/grown/wc"));
        Files.copy(folder.resolve("runs/grown/gift/1/matrix.csv"), alone.resolve("3.csv"));
        Files.copy(folder.resolve("runs/grown/gift/1/seen.csv"), alone.resolve("3.seen.csv"));
        IncrementalMatrix logged = IncrementalMatrix.of(List.of(10, 10), List.of(100, 100)).withRow(90).withRow(70, 80);
        IncrementalLog.of(logged, Release.V1_2_4).write(log);
    }

    @Test
    void tables() throws IOException {
        study();
        Tables tables = new Tables(folders(), Interval.Kind.T);
        assertThat(tables.descriptions()).containsKeys("grown", "grown_incremental", "grown_incremental_steps",
                "grown_incremental_seeds", "grown_incremental_published", "class_incremental");
        Table main = tables.get("grown_incremental").data();
        assertThat(main.stringColumn("method").asList()).containsExactly("finetune", "wc", "zscl", "gift");
        assertThat(main.doubleColumn("last").get(0)).isEqualTo((60 + 65) / 2.0); // (40 + 80) / 2 and (50 + 80) / 2
        assertThat(main.doubleColumn("avg").get(0)).isEqualTo((75 + 77.5) / 2);
        assertThat(main.doubleColumn("forgetting").get(0)).isEqualTo(45);
        assertThat(main.doubleColumn("forward_transfer").get(0)).isEqualTo(2); // 52 - 50
        assertThat(main.doubleColumn("forward_transfer").isMissing(2)).isTrue(); // of a log
        assertThat(main.doubleColumn("last_low").get(0)).isCloseTo(62.5 - 12.706 * 2.5, within(0.01)); // t(0.975, 1) s / sqrt(2)
        Table steps = tables.get("grown_incremental_steps").data();
        assertThat(steps.columnNames()).containsExactly("method", "10", "20");
        assertThat(steps.doubleColumn("20").get(3)).isEqualTo(80);
        assertThat(tables.get("grown_incremental_seeds").data().rowCount()).isEqualTo(5);
        ResultTable beside = tables.get("grown_incremental_published");
        Table rows = beside.data();
        Table gift = rows.where(rows.stringColumn("method").isEqualTo("gift").and(rows.stringColumn("metric").isEqualTo("last")));
        assertThat(gift.doubleColumn("published").get(0)).isEqualTo(77.7);
        assertThat(gift.doubleColumn("difference").get(0)).isCloseTo(80 - 77.7, within(1e-9));
        assertThat(gift.stringColumn("verdict").get(0)).isEqualTo("one seed");
        assertThat(gift.stringColumn("kind").get(0)).isEqualTo("note");
        assertThat(rows.stringColumn("verdict").asList()).contains("not run", "no counterpart");
        assertThat(rows.stringColumn("method").asList()).doesNotContain("UCIR"); // no CLIP
        assertThat(beside.text()).contains("not read in the paper");
    }

    @Test
    void figures() throws IOException {
        study();
        Figures figures = new Figures(folders(), Interval.Kind.T);
        Figure accuracy = figures.get("grown_classes");
        assertThat(accuracy.subtitle()).contains("bands: 95 % t interval");
        assertThat(accuracy.legend()).hasSize(4);
        assertThat(accuracy.panels().get(0).getSeriesMap()).containsKeys("finetune", "finetune interval", "gift")
                .doesNotContainKey("gift interval");
        assertThat(colours(accuracy.image(1))).hasSizeGreaterThan(20);
        Figure confusion = figures.get("grown_confusion");
        assertThat(confusion.title()).contains("GIFT", "seed 1");
        assertThat(confusion.panels()).hasSize(2);
        assertThat(colours(confusion.image(1))).hasSizeGreaterThan(5);
        for (String ending : List.of("png", "svg")) {
            accuracy.write(folder.resolve("a." + ending));
            confusion.write(folder.resolve("c." + ending));
            assertThat(folder.resolve("c." + ending)).isNotEmptyFile();
        }
        assertThatThrownBy(() -> figures.get("grown_confusion", new Figures.Choice("zscl", null, null, null)))
                .isInstanceOf(InputException.class).hasMessageContaining("zscl, seed 7, is a log alone");
        assertThat(IncrementalFigures.byStep(new int[][] {{5, 1, 0}, {0, 4, 2}, {1, 1, 6}}, new int[] {0, 0, 1}, 2))
                .isDeepEqualTo(new double[][] {{10, 2}, {2, 6}});
    }

    private static Set<Integer> colours(BufferedImage image) {
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colours.add(image.getRGB(x, y));
            }
        }
        return colours;
    }

    @Test
    void whatDoesNotFit() throws IOException {
        study();
        Path other = Files.createDirectories(folder.resolve("runs/grown/we"));
        IncrementalLog.of(IncrementalMatrix.of(List.of(10), List.of(100)).withRow(90), Release.V1_2_4).write(other.resolve("1.json"));
        assertThatThrownBy(() -> IncrementalRuns.read(folder.resolve("runs/grown"), "grown")).isInstanceOf(InputException.class)
                .hasMessageContaining("other steps");
        Files.writeString(other.resolve("1.json"), Files.readString(folder.resolve("runs/grown/zscl/7.json"))
                .replaceFirst("\\{\"last.*\n", ""));
        IncrementalRuns runs = IncrementalRuns.read(folder.resolve("runs/grown"), "grown");
        assertThat(runs.notes()).singleElement().asString().contains("not finished", "we");
        assertThat(runs.methods()).doesNotContain("we").contains("wc");
        assertThatThrownBy(() -> runs.run("lwf", null)).isInstanceOf(InputException.class).hasMessageContaining("'lwf'");
    }

    /** Every published number against where it was read, and none of its trustworthy neighbours left out. */
    @Test
    void publishedNumbersAreAsRead() {
        List<List<String>> read = new ArrayList<>(Csv.read(Shared.require("paper/more/zscl_and_class_incremental.csv")));
        Csv.read(Shared.require("paper/more/gift.csv")).stream().filter(row -> row.get(1).equals("class-incremental"))
                .forEach(read::add);
        List<IncrementalTables.Row> rows = IncrementalTables.published(PUBLISHED);
        List<Double> values = read.stream().skip(1).filter(row -> Set.of("Avg", "Last").contains(row.get(4))
                && row.get(3).matches("(CIFAR100|TinyImageNet|ImageNet100) .*"))
                .map(row -> Double.valueOf(row.get(5))).sorted().toList();
        assertThat(rows.stream().map(IncrementalTables.Row::value).sorted().toList()).isEqualTo(values);
        Set<String> sources = Csv.read(PUBLISHED.resolve("sources.csv")).stream().map(row -> row.get(0)).collect(Collectors.toSet());
        for (IncrementalTables.Row row : rows) {
            assertThat(sources).contains(row.source());
            assertThat(row.kind()).isIn("file", "image", "review", "note");
            int steps = 1 + (row.dataSet().equals("TinyImageNet") ? 200 - row.initial() : 100 - row.initial()) / row.increment();
            boolean counted = row.initial() == row.increment();
            String setting = row.dataSet() + (counted ? " " + steps + " steps" : ".*\\b" + (steps - 1) + " steps");
            assertThat(read.stream().anyMatch(line -> line.get(3).matches(setting + ".*")
                    && line.get(4).toLowerCase(Locale.ROOT).equals(row.metric())
                    && Double.parseDouble(line.get(5)) == row.value())).as(row.toString()).isTrue();
        }
    }
}
