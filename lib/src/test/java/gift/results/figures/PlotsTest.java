package gift.results.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.eval.AccuracyMatrix;
import gift.eval.Interval;
import gift.tensor.Devices;
import gift.tensor.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;

class PlotsTest {
    @Test
    void linesAndPointsHoldTheNumbers() {
        Figure lines = Plots.lines("title", "update", "%", new double[] {0, 5}, Map.of("gift", new double[] {60, 50}));
        assertThat(((XYChart) lines.panels().get(0)).getSeriesMap().get("gift").getYData()).containsExactly(60, 50);
        assertThat(lines.legend()).extracting(Figure.Key::label).containsExactly("GIFT");

        Figure points = Plots.points("title", "x", "y", Map.of("mine", new double[] {3, 7}));
        XYChart chart = (XYChart) points.panels().get(0);
        assertThat(chart.getSeriesMap().get("mine").getXData()).containsExactly(3);
        assertThat(chart.getSeriesMap().get("mine").getYData()).containsExactly(7);
        assertThat(chart.getXAxisTitle()).isEqualTo("x");
        assertThat(points.image(1).getWidth()).isEqualTo(points.width());
    }

    @Test
    void intervalsAreRowsFromTopToBottom() {
        Map<String, Interval> rows = new LinkedHashMap<>();
        rows.put("zscl", new Interval(-2, -3, -1, 3));
        rows.put("mine", new Interval(4, Double.NaN, Double.NaN, 1));
        XYChart chart = (XYChart) Plots.intervals("title", "points", rows).panels().get(0);
        assertThat(chart.getSeriesMap().get("zscl interval").getXData()).containsExactly(-3, -1);
        assertThat(chart.getSeriesMap().get("zscl").getYData()).containsExactly(1);
        assertThat(chart.getSeriesMap().get("mine").getYData()).containsExactly(0);
        assertThat(chart.getSeriesMap()).doesNotContainKey("mine interval");
        var label = chart.getStyler().getyAxisTickLabelsFormattingFunction();
        assertThat(List.of(label.apply(1.0), label.apply(0.0), label.apply(0.5).replace("\u00a0", "").strip())).containsExactly("ZSCL", "mine", "");
    }

    @Test
    void matrixMayLackRows() {
        AccuracyMatrix matrix = AccuracyMatrix.of(List.of("a", "b")).withBefore(10, 20).withRow(50, 25);
        HeatMapChart chart = (HeatMapChart) Plots.matrix("title", matrix).panels().get(0);
        assertThat(chart.getHeatMapSeries().getHeatData()).hasSize(4);
        assertThat(chart.getHeatMapSeries().getYData().toString()).isEqualTo("[b, a, (before)]");
    }

    @Test
    void barsStandSideBySide() {
        Figure bars = Plots.bars("title", "%", List.of("a", "b"), Map.of("x", new double[] {1, 2}));
        CategoryChart chart = (CategoryChart) bars.panels().get(0);
        assertThat(chart.getStyler().isOverlapped()).isFalse();
        assertThat(chart.getSeriesMap().get("x").getXData().toString()).isEqualTo("[a, b]");
        assertThat(bars.legend().get(0).style().marker()).isEqualTo(Mark.BAR);
        assertThatThrownBy(() -> Plots.bars("title", "%", List.of("a", "b"), Map.of("x", new double[] {1})))
                .hasMessage("series 'x' has 1 values for 2 places");
    }

    /** The grey of a colour is 0.299 r + 0.587 g + 0.114 b. */
    @Test
    void barsDifferInBlackAndWhite() {
        Map<String, double[]> series = new LinkedHashMap<>();
        List.of("zeroshot", "finetune", "gift").forEach(name -> series.put(name, new double[] {1}));
        List<Double> greys = Plots.bars("title", "%", List.of("a"), series).legend().stream().map(key -> key.style().color())
                .map(c -> 0.299 * c.getRed() + 0.587 * c.getGreen() + 0.114 * c.getBlue()).toList();
        assertThat(greys.get(0)).isCloseTo(190, within(1.0));
        assertThat(greys.get(1)).isCloseTo(115, within(1.0));
        assertThat(greys.get(2)).isCloseTo(40, within(1.0));
    }

    /** Block 2 of the text tower goes from (3, 4) to (3, 4.5): 0.5 of 5. */
    @Test
    void layersAreChangesInPercent() {
        try (NDManager manager = Devices.newManager(Device.cpu());
                Parameters before = model(manager, 4f);
                Parameters after = model(manager, 4.5f)) {
            Figure figure = Plots.layers("title", before, Map.of("x", after));
            CategoryChart text = (CategoryChart) figure.panels().get(1);
            assertThat(text.getSeriesMap().get("x").getXData().toString()).isEqualTo("[block 1, block 2]");
            List<Double> changes = text.getSeriesMap().get("x").getYData().stream().map(Number::doubleValue).toList();
            assertThat(changes.get(0)).isZero();
            assertThat(changes.get(1)).isCloseTo(10, within(1e-4));
        }
    }

    private static Parameters model(NDManager manager, float value) {
        Shape two = new Shape(2);
        return Parameters.create(manager, Map.of("visual.proj", two, "transformer.resblocks.0.ln_1.bias", two,
                "transformer.resblocks.1.ln_1.bias", two), (name, shape) ->
                new float[] {3, name.contains("resblocks.1") ? value : 4});
    }
}
