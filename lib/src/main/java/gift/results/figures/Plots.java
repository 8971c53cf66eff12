package gift.results.figures;

import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.data.Task;
import gift.eval.AccuracyMatrix;
import gift.eval.Interval;
import gift.results.MethodNames;
import gift.tensor.Parameters;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.XYChart;

/**
 * Figures of numbers that are no study's, in the same looks: what a notebook cell measured a moment ago. Series are named
 * by ids of methods, which look as they do in the figures of studies. Where none is a method, the first one stands out.
 */
public final class Plots {
    private static final int ROW = 26; // height of a row of intervals

    private static final double PALEST = 190; // of bars, in grey levels
    private static final double DARKEST = 40;

    private Plots() {}

    /**
     * A line for each series.
     *
     * @param across name of the axis from left to right
     * @param up name of the other axis
     * @param at the places of all series' values on the axis from left to right
     * @param series as many values as places; NaN is a gap
     */
    public static Figure lines(String title, String across, String up, double[] at, Map<String, double[]> series) {
        Map<String, SeriesStyle> styles = styles(series.keySet());
        XYChart chart = Charts.xy(760, 420, "", across, up);
        chart.getStyler().setChartTitleVisible(false);
        series.forEach((name, values) -> {
            require(values.length == at.length, name, values.length, at.length);
            Charts.line(chart, name, at, values, styles.get(name));
        });
        return new Figure(title, "", MatrixFigures.keys(styles, true), List.of(chart), 1);
    }

    /**
     * Bars side by side in every category.
     *
     * @param up name of the axis of values
     * @param series as many values as categories
     */
    public static Figure bars(String title, String up, List<String> categories, Map<String, double[]> series) {
        Map<String, SeriesStyle> styles = styles(series.keySet());
        CategoryChart chart = Charts.category(760, 380, "", "", up);
        chart.getStyler().setOverlapped(false).setAvailableSpaceFill(0.75).setChartTitleVisible(false);
        chart.getStyler().setXAxisLabelRotation(categories.size() > 8 ? 45 : 0);
        shade(styles);
        series.forEach((name, values) -> {
            require(values.length == categories.size(), name, values.length, categories.size());
            CategorySeries bars = chart.addSeries(name, categories, Arrays.stream(values).boxed().toList());
            bars.setFillColor(styles.get(name).color());
        });
        return new Figure(title, "", MatrixFigures.keys(styles, false), List.of(chart), 1);
    }

    /** Bars in even steps of grey from pale to dark, each with the hue of its series: they differ in black and white too. */
    private static void shade(Map<String, SeriesStyle> styles) {
        double grey = PALEST;
        for (String name : new ArrayList<>(styles.keySet())) {
            Color color = styles.get(name).color();
            double own = 0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue();
            double white = own < grey ? (grey - own) / (255 - own) : 0; // share of it to mix in
            double scale = own > grey ? grey / own : 1;
            float[] rgb = color.getRGBColorComponents(null);
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (float) (scale * rgb[k] * (1 - white) + white);
            }
            styles.put(name, new SeriesStyle(new Color(rgb[0], rgb[1], rgb[2]), styles.get(name).stroke(), Mark.BAR));
            grey -= (PALEST - DARKEST) / Math.max(1, styles.size() - 1);
        }
    }

    /**
     * A marker for each series.
     *
     * @param across name of the axis from left to right
     * @param up name of the other axis
     * @param points the place of each: across, up
     */
    public static Figure points(String title, String across, String up, Map<String, double[]> points) {
        return MatrixFigures.scatter(title, "", across, up, points.entrySet().stream().map(point ->
                new MatrixFigures.Point(point.getKey(), Figures.exact(point.getValue()[0]), Figures.exact(point.getValue()[1]))).toList());
    }

    /**
     * Intervals, a row for each, from top to bottom, beside a grey line at zero.
     *
     * @param across name of the axis, with its unit
     */
    public static Figure intervals(String title, String across, Map<String, Interval> intervals) {
        List<String> names = new ArrayList<>(intervals.keySet());
        XYChart chart = Charts.xy(760, 80 + ROW * names.size(), "", across, "");
        chart.getStyler().setChartTitleVisible(false);
        chart.getStyler().setYAxisMin(-0.5).setYAxisMax(names.size() - 0.5);
        chart.getStyler().setPlotGridHorizontalLinesVisible(false);
        Charts.thin(chart, "zero", new double[] {0, 0}, new double[] {-0.5, names.size() - 0.5}, Color.GRAY);
        for (int row = 0; row < names.size(); row++) {
            Interval interval = intervals.get(names.get(row));
            double y = names.size() - 1.0 - row; // the chart counts from below
            if (interval.exists()) {
                Charts.thin(chart, names.get(row) + " interval", new double[] {interval.low(), interval.high()},
                        new double[] {y, y}, Color.BLACK);
            }
            Charts.line(chart, names.get(row), new double[] {interval.mean()}, new double[] {y}, SeriesStyle.of(0));
        }
        chart.getStyler().setYAxisTickMarkSpacingHint(ROW - 6); // one tick a row
        chart.setCustomYAxisTickLabelsFormatter(y -> label(names, y));
        return new Figure(title, "dot: mean over seeds; line: 95 % interval", List.of(), List.of(chart), 1);
    }

    /** The name of the row at height y; elsewhere blanks that differ by height, since the chart thins out equal labels. */
    private static String label(List<String> names, double y) {
        int row = names.size() - 1 - (int) Math.rint(y);
        if (Math.abs(y - Math.rint(y)) < 0.01 && row >= 0 && row < names.size()) {
            return MethodNames.display(names.get(row));
        }
        return Long.toBinaryString(Math.round(8 * y) & 0xfff).replace('0', ' ').replace('1', '\u00a0');
    }

    /** An accuracy matrix, which may lack rows that are still to come. */
    public static Figure matrix(String title, AccuracyMatrix matrix) {
        return MatrixFigures.heatmap(title, matrix);
    }

    /**
     * Some test images and class prompts of a task in the plane of their principal components, a panel for each model.
     *
     * @param models by the titles of their panels, of one size
     */
    public static Figure features(String title, Map<String, Clip> models, Tokenizer tokenizer, Task task) {
        FeatureSpace space = new FeatureSpace(task);
        models.forEach((name, model) -> space.add(name, model, tokenizer));
        return space.figure(title);
    }

    /** How far each layer of a CLIP model moved: {@code ||after - before|| / ||before||} in percent, a line for each. */
    public static Figure layers(String title, Parameters before, Map<String, Parameters> after) {
        return RunFigures.layers(title, "norm of the difference over norm of the start", new ArrayList<>(after.keySet()),
                (name, visual) -> WeightChange.of(before, after.get(name), visual));
    }

    private static Map<String, SeriesStyle> styles(Collection<String> names) {
        if (names.stream().anyMatch(MethodNames.known()::contains)) {
            return SeriesStyle.ofMethods(new ArrayList<>(names));
        }
        Map<String, SeriesStyle> styles = new LinkedHashMap<>();
        names.forEach(name -> styles.put(name, SeriesStyle.of(styles.size())));
        return styles;
    }

    private static void require(boolean holds, String series, int values, int wanted) {
        if (!holds) {
            throw new IllegalArgumentException("series '" + series + "' has " + values + " values for " + wanted + " places");
        }
    }
}
