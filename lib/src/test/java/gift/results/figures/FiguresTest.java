package gift.results.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gift.eval.AccuracyMatrix;
import gift.eval.Interval;
import gift.io.InputException;
import gift.results.MethodNames;
import gift.results.ResultFolders;
import gift.results.tables.SmallRuns;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {
    @TempDir
    Path root;

    private Path runs;

    @BeforeEach
    void twoMethods() {
        runs = root.resolve("runs");
        for (String method : List.of("gift", "my_own")) {
            for (int seed = 1; seed <= 2; seed++) {
                SmallRuns.lossesAndWeights(SmallRuns.run(runs, "small", method, seed, SmallRuns.matrix(seed)));
            }
        }
    }

    private Figures figures() {
        return new Figures(new ResultFolders(runs, Path.of("../results/published"), root.resolve("reference")),
                Interval.Kind.BOOTSTRAP);
    }

    @Test
    void everyFigureIsDrawn() {
        Map<String, String> all = figures().descriptions();
        assertThat(all).hasSize(2 * 4 + 6 + 1);
        for (String name : all.keySet()) {
            BufferedImage image = figures().get(name).image(1);
            Set<Integer> colors = new HashSet<>();
            for (int i = 0; i < image.getWidth() * image.getHeight(); i += 7) {
                colors.add(image.getRGB(i % image.getWidth(), i / image.getWidth()));
            }
            assertThat(colors).as(name + " is not blank").hasSizeGreaterThan(20);
        }
    }

    /** Of matrices alone there are neither losses nor weights; one task has no Transfer and forgets nothing. */
    @Test
    void onlyWhatCanBeMadeIsListed() {
        SmallRuns.run(runs, "bare", "gift", 1, SmallRuns.matrix(1));
        SmallRuns.run(runs, "one", "gift", 1, AccuracyMatrix.of(List.of("A")).withRow(50));
        assertThat(figures().descriptions().keySet().stream().filter(name -> name.startsWith("bare_") || name.startsWith("one_")))
                .containsExactlyInAnyOrder("bare_heatmap", "bare_sequence", "bare_backward_transfer", "bare_scatter",
                        "one_heatmap", "one_sequence");
        assertThatThrownBy(() -> figures().get("bare_losses")).isInstanceOf(InputException.class).hasMessageContaining("losses");
    }

    @Test
    void filesAreTheSameAgain() throws IOException {
        for (String name : List.of("small_sequence.png", "small_heatmap.svg", "published_order_I_scatter.svg")) {
            Path file = root.resolve(name);
            Figure figure = figures().get(name.substring(0, name.length() - 4));
            figure.write(file);
            byte[] bytes = Files.readAllBytes(file);
            figures().get(name.substring(0, name.length() - 4)).write(file);
            assertThat(Files.readAllBytes(file)).as(name).isEqualTo(bytes);
            if (name.endsWith(".png")) {
                assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(2 * figure.width());
            } else {
                assertThat(new String(bytes, StandardCharsets.UTF_8)).startsWith("<?xml").contains("</svg>");
            }
        }
    }

    @Test
    void aWrongCellChangesTheFigure() throws IOException {
        byte[] before = png("small_sequence");
        Path matrix = runs.resolve("small/gift/2/matrix.csv");
        Files.writeString(matrix, Files.readString(matrix).replace("62.000000", "32.000000"));
        assertThat(png("small_sequence")).isNotEqualTo(before);
    }

    private byte[] png(String name) throws IOException {
        figures().get(name).write(root.resolve("one.png"));
        return Files.readAllBytes(root.resolve("one.png"));
    }

    /** From size 1 to size 3: (1, 1) to (3, 3) moves by sqrt 8 of sqrt 2; (3, 4) to (9, 4) by 6 of 5; (1, 1) to (1, 3) by 2. */
    @Test
    void weightChangeByHand() {
        Path weights = runs.resolve("small/gift/1/weights");
        Map<String, Double> image =
                WeightChange.of(weights.resolve("01_A.safetensors"), weights.resolve("03_C.safetensors"), true);
        assertThat(image.keySet()).containsExactly("input", "block 1", "output");
        assertThat(image.get("input")).isCloseTo(200, within(1e-9));
        assertThat(image.get("block 1")).isCloseTo(120, within(1e-9));
        assertThat(image.get("output")).isZero();
        Map<String, Double> text =
                WeightChange.of(weights.resolve("01_A.safetensors"), weights.resolve("03_C.safetensors"), false);
        assertThat(text.keySet()).containsExactly("input", "output");
        assertThat(text.get("input")).isCloseTo(100 * Math.sqrt(2), within(1e-9));
    }

    @Test
    void choices() {
        Figures.Choice choice = new Figures.Choice("my_own", 2L, "B", null);
        assertThat(figures().get("small_heatmap", choice).title()).contains("my_own, seed 2");
        assertThat(figures().get("small_sequence", choice).panels()).hasSize(1);
        assertThat(figures().get("small_losses", choice).title()).contains("my_own, seed 2");
        assertThat(figures().get("small_losses", choice).panels()).hasSize(1);
        Path initial = runs.resolve("small/gift/1/weights/02_B.safetensors");
        assertThat(figures().get("small_weights", new Figures.Choice(null, null, null, initial)).subtitle())
                .contains("from the initial weights");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        refused("did you mean 'small_heatmap'?", "smal_heatmap", Figures.Choice.OPEN);
        refused("did you mean 'gift'?", "small_heatmap", new Figures.Choice("gitf", null, null, null));
        refused("[1, 2]", "small_heatmap", new Figures.Choice("gift", 5L, null, null));
        refused("did you mean 'A'?", "small_sequence", new Figures.Choice(null, null, "AA", null));
        refused("no task 'X'", "small_losses", new Figures.Choice(null, null, "X", null));
        refused("no weights at", "small_weights", new Figures.Choice(null, null, null, root.resolve("none")));
        SmallRuns.write(runs.resolve("small/gift/1/settings.json"), "{\"initial_weights\": \"0123\"}");
        refused("sha256 0123", "small_weights",
                new Figures.Choice(null, null, null, runs.resolve("small/gift/1/weights/02_B.safetensors")));
        SmallRuns.write(runs.resolve("small/gift/1/losses/01_A.csv"), "update,cross_entropy,loss\n0,1.0,2.0\n1,1.0\n");
        refused("01_A.csv, row 2: no number for loss", "small_losses", Figures.Choice.OPEN);
        SmallRuns.lossesAndWeights(runs.resolve("small/gift/1"));
        Files.delete(runs.resolve("small/gift/1/losses/02_B.csv"));
        refused("losses" + root.getFileSystem().getSeparator() + "02_*.csv", "small_losses", Figures.Choice.OPEN);
        SmallRuns.matrix(0).write(root.resolve("reference/order_I/gift/42.csv"));
        refused("only the matrix", "reference_order_I_losses", Figures.Choice.OPEN);
        SmallRuns.run(runs, "single", "gift", 1, AccuracyMatrix.of(List.of("A")).withRow(50));
        refused("one task", "single_backward_transfer", Figures.Choice.OPEN);
        refused("one task", "single_scatter", Figures.Choice.OPEN);
        assertThatThrownBy(() -> figures().get("small_heatmap").write(root.resolve("x.gif")))
                .isInstanceOf(InputException.class).hasMessageContaining(".png or .svg");
    }

    private void refused(String part, String name, Figures.Choice choice) {
        assertThatThrownBy(() -> figures().get(name, choice)).as(name).isInstanceOf(InputException.class)
                .hasMessageContaining(part);
    }

    /** Methods keep their looks whatever else is shown, and no two of them look alike without colour. */
    @Test
    void styles() {
        Map<String, SeriesStyle> all = SeriesStyle.ofMethods(MethodNames.known());
        assertThat(all.values().stream().map(SeriesStyle::marker)).doesNotHaveDuplicates();
        assertThat(SeriesStyle.ofMethods(List.of("own", "zscl")).get("zscl")).isEqualTo(all.get("zscl"));
        assertThat(SeriesStyle.ofMethods(List.of("own", "zscl")).get("own").marker()).isNotNull();
    }
}
