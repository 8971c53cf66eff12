package gift.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.image.Image;
import gift.results.figures.Figure;
import gift.results.figures.Plots;
import gift.tensor.Devices;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Outside a notebook, which is where tests run, everything is text on standard output. */
class ShowTest {
    private static final Image RED = new Image(2, 1, new byte[] {(byte) 255, 0, 0, (byte) 255, 0, 0});

    @Test
    void imagesAreNamedWithSizeOrCaptions() {
        assertThat(printed(() -> Show.image(RED))).isEqualTo("[image, 2 x 1 pixels]\n");
        assertThat(printed(() -> Show.images(List.of(RED, RED.toBufferedImage()), 2, 3, List.of("a", "b"))))
                .isEqualTo("[2 images] a | b\n");
        assertThat(printed(() -> Show.images(List.of(RED), 2, 3))).isEqualTo("[1 image]\n");
    }

    @Test
    void tablesAreAlignedAndNumbersStandRight() {
        String text = printed(() -> Show.table(List.of("method", "acc"), List.of(
                List.of("GIFT", 71.25), Arrays.asList("ZSCL", null), List.of("x", 100), List.of("y", 0.00025))));
        assertThat(text).isEqualTo(
                "method     acc\n" + "GIFT     71.25\n" + "ZSCL\n" + "x          100\n" + "y       2.5E-4\n");
    }

    @Test
    void liveTextGivesWayToFigures() {
        Figure figure = Plots.bars("title", "%", List.of("a"), Map.of("x", new double[] {1}));
        assertThat(printed(() -> {
            Show.Live live = Show.live("id");
            live.update("1 of 2");
            live.update("1 of 2");
            live.update(figure);
        })).isEqualTo("1 of 2\n[figure] title\n");
    }

    @Test
    void heatMapsAreTablesAndNanStaysEmpty() {
        String text = printed(() -> Show.heatmap(
                new double[][] {{10, 2.25}, {Double.NaN, 3}}, List.of("r", "s"), List.of("c", "d"), "title"));
        assertThat(text).isEqualTo("title\n" + "      c    d\n" + "r  10.0  2.3\n" + "s        3.0\n");
    }

    @Test
    void heatMapsTakeArraysOfTheEngine() {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            NDArray matrix = manager.create(new float[] {1, 2, 3, 4, 5, 6.5f}, new Shape(2, 3));
            assertThat(printed(() -> Show.heatmap(matrix, List.of("r", "s"), List.of("c", "d", "e"), "")))
                    .isEqualTo("       c      d      e\n" + "r  1.000  2.000  3.000\n" + "s  4.000  5.000  6.500\n");
            assertThatThrownBy(() -> Show.heatmap(matrix.get(0), List.of("r"), List.of("c", "d", "e"), ""))
                    .hasMessage("a heat map shows a matrix, not shape (3)");
        }
    }

    @Test
    void htmlLosesItsTagsAndMarkdownStays() {
        assertThat(printed(() -> Show.html("<p>a <b>b</b></p><p>1 &lt; 2</p>"))).isEqualTo("a b\n1 < 2\n");
        assertThat(printed(() -> Show.markdown("# a $x$"))).isEqualTo("# a $x$\n");
    }

    @Test
    void liveTextIsPrintedWhenItChanges() {
        assertThat(printed(() -> {
            Show.Live live = Show.live("progress");
            live.update("1 of 2");
            live.update("1 of 2");
            live.update("2 of 2");
        })).isEqualTo("1 of 2\n2 of 2\n");
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThatThrownBy(() -> Show.images(List.of(RED), 1, 1, List.of("a", "b")))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("2 captions for 1 images");
        assertThatThrownBy(() -> Show.images(List.of("no image"), 1, 1))
                .hasMessage("neither an Image nor a BufferedImage: java.lang.String");
        assertThatThrownBy(() -> Show.table(List.of("a"), List.of(List.of(1), List.of(1, 2))))
                .hasMessage("row 1 has 2 entries, the header has 1");
        assertThatThrownBy(() -> Show.heatmap(new double[][] {{1}}, List.of("r"), List.of("c", "d"), ""))
                .hasMessage("row 0 has 1 values for 2 column names");
    }

    private static synchronized String printed(Runnable action) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
