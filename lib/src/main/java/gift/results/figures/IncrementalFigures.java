package gift.results.figures;

import gift.eval.ConfusionMatrix;
import gift.eval.Interval;
import gift.io.Folders;
import gift.io.InputException;
import gift.results.IncrementalRuns;
import gift.results.IncrementalRuns.Run;
import gift.results.MethodNames;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Figures of class-incremental learning. */
public final class IncrementalFigures {
    private static final int BAND = 45; // opacity of 255
    private static final int SIDE = 560;
    private static final int NUMBERS = 12; // most steps with which a heat map has room for numbers
    private static final int LABELS = 25;  // most rows that are all labelled
    /** Steep at the beginning: a confusion of a few percent is seen. */
    private static final Color[] SHADES = {Color.WHITE, new Color(0x9ecae1), new Color(0x6baed6), new Color(0x3182bd),
        new Color(0x08519c), new Color(0x08306b)};
    private static final Color[] PALE = {Color.WHITE, new Color(0xc6dbef), new Color(0x6baed6)};

    private IncrementalFigures() {}

    /** The accuracy over the classes seen, by their number: a line for each method, its band the interval over seeds. */
    public static Figure accuracy(IncrementalRuns study, Interval.Kind kind) {
        Map<String, List<double[]>> series = new LinkedHashMap<>();
        study.methods().forEach(method -> series.put(method, study.of(method).stream().map(run ->
                IntStream.range(0, run.matrix().steps()).mapToDouble(run.matrix()::accuracy).toArray()).toList()));
        Run known = study.runs().stream().filter(run -> !run.matrix().classes().isEmpty()).findFirst().orElse(study.runs().get(0));
        return accuracy(study.name() + ": accuracy over the classes seen", known.matrix().classes().isEmpty() ? "steps"
                : "classes seen", known.matrix().classesSeen(), series, kind);
    }

    /**
     * The same of numbers at hand.
     *
     * @param across name of the axis from left to right
     * @param at T places on it
     * @param series by method, an array of T accuracies in percent for each seed
     */
    public static Figure accuracy(String title, String across, double[] at, Map<String, List<double[]>> series, Interval.Kind kind) {
        Map<String, SeriesStyle> styles = SeriesStyle.ofMethods(new ArrayList<>(series.keySet()));
        XYChart chart = Charts.xy(760, 460, "", across, "accuracy, %");
        chart.getStyler().setChartTitleVisible(false);
        chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0");
        Map<String, Interval[]> intervals = new LinkedHashMap<>();
        series.forEach((method, seeds) -> intervals.put(method, IntStream.range(0, at.length).mapToObj(i ->
                Interval.of(kind, seeds.stream().mapToDouble(seed -> seed[i]).toArray())).toArray(Interval[]::new)));
        intervals.forEach((method, all) -> {
            if (all[0].exists()) {
                band(chart, method, at, all, styles.get(method).color());
            }
        });
        intervals.forEach((method, all) -> Charts.line(chart, method, at,
                Arrays.stream(all).mapToDouble(Interval::mean).toArray(), styles.get(method)));
        double[] ends = intervals.values().stream().flatMap(Arrays::stream).flatMapToDouble(interval -> interval.exists()
                ? DoubleStream.of(interval.low(), interval.high()) : DoubleStream.of(interval.mean()))
                .map(value -> Math.max(0, Math.min(100, value))).sorted().toArray();
        chart.getStyler().setYAxisMin(Charts.rounded(ends[0], 10, false)).setYAxisMax(Charts.rounded(ends[ends.length - 1], 10, true));
        boolean several = intervals.values().stream().anyMatch(all -> all[0].exists());
        return new Figure(title, several
                ? "mean over seeds; bands: 95 % " + (kind == Interval.Kind.T ? "t" : "bootstrap") + " interval"
                : "one seed for each method", MatrixFigures.keys(styles, true), List.of(chart), 1);
    }

    /** The area between the ends of intervals, cut where they leave 0 to 100. */
    private static void band(XYChart chart, String method, double[] at, Interval[] intervals, Color color) {
        int n = at.length;
        double[] x = new double[2 * n];
        double[] y = new double[2 * n];
        for (int i = 0; i < n; i++) {
            x[i] = at[i];
            y[i] = Math.min(100, intervals[i].high());
            x[2 * n - 1 - i] = at[i];
            y[2 * n - 1 - i] = Math.max(0, intervals[i].low());
        }
        XYSeries band = chart.addSeries(method + " interval", x, y);
        band.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        band.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), BAND));
        band.setLineColor(new Color(0, 0, 0, 0));
        band.setLineStyle(new BasicStroke(0));
        band.setMarker(SeriesMarkers.NONE);
    }

    /** Whether the folder of a run is there and holds its confusion. */
    public static boolean hasConfusion(Run run) {
        return run.folder() != null && Files.isDirectory(run.folder().resolve("confusion"));
    }

    /** The confusion after the last step of a run, from the files of the run: by class in their order, and by step. */
    public static Figure confusion(IncrementalRuns study, Run run) {
        InputException.require(run.folder() != null, "study " + study.name() + ": " + run.method() + ", seed " + run.seed()
                + ", is a log alone, which says nothing of single classes");
        return confusion(study.name() + ": confusion after the last step, " + MethodNames.display(run.method()) + ", seed "
                + run.seed(), ConfusionMatrix.read(confusionFile(run.folder().resolve("confusion"))), run.matrix().classes());
    }

    private static Path confusionFile(Path folder) {
        InputException.require(Files.isDirectory(folder), "no folder " + folder + " with the confusion of the run");
        List<Path> all = Folders.inside(folder).stream().filter(file -> file.toString().endsWith(".csv")).toList();
        InputException.require(all.size() == 1, folder + " holds " + all.size() + " confusion matrices, expected that of all classes");
        return all.get(0);
    }

    /**
     * The confusion over classes in the order of learning, and summed by step. Each row is in percent of its images.
     *
     * @param confusion over all classes, in their order
     * @param classes number of classes of each step
     */
    public static Figure confusion(String title, ConfusionMatrix confusion, List<Integer> classes) {
        int n = confusion.classNames().size();
        int[] step = IntStream.range(0, classes.size()).flatMap(s -> IntStream.generate(() -> s).limit(classes.get(s))).toArray();
        InputException.require(step.length == n, title + ": the steps have " + step.length + " classes, the confusion " + n);
        HeatMapChart single = chart("by class, in the order of learning", rows(confusion.counts()), SHADES, false);
        double[][] sums = percent(byStep(confusion.counts(), step, classes.size()));
        HeatMapChart steps = chart("by step", sums, classes.size() <= NUMBERS ? PALE : SHADES, classes.size() <= NUMBERS);
        return new Figure(title, "percent of the images of a row; left of the diagonal they went to classes learnt before, right"
                + " of it to later ones", List.of(), List.of(single, steps), 2);
    }

    private static double[][] rows(int[][] counts) {
        return percent(Arrays.stream(counts).map(row -> Arrays.stream(row).asDoubleStream().toArray()).toArray(double[][]::new));
    }

    /** counts[t][p] summed over the classes of steps. */
    static double[][] byStep(int[][] counts, int[] step, int steps) {
        double[][] sums = new double[steps][steps];
        for (int t = 0; t < counts.length; t++) {
            for (int p = 0; p < counts.length; p++) {
                sums[step[t]][step[p]] += counts[t][p];
            }
        }
        return sums;
    }

    private static double[][] percent(double[][] rows) {
        return Arrays.stream(rows).map(row -> {
            double sum = Arrays.stream(row).sum();
            return Arrays.stream(row).map(value -> sum == 0 ? 0 : 100 * value / sum).toArray();
        }).toArray(double[][]::new);
    }

    private static HeatMapChart chart(String title, double[][] rows, Color[] shades, boolean numbers) {
        int n = rows.length;
        List<String> names = IntStream.rangeClosed(1, n).mapToObj(i -> label(i, n)).toList();
        List<String> fromBelow = IntStream.range(0, n).mapToObj(i -> names.get(n - 1 - i)).toList(); // as the chart counts rows
        List<Number[]> cells = new ArrayList<>();
        for (int t = 0; t < n; t++) {
            for (int p = 0; p < n; p++) {
                cells.add(new Number[] {p, n - 1 - t, rows[t][p]});
            }
        }
        HeatMapChart chart = new HeatMapChart(SIDE, SIDE, ChartTheme.XChart);
        Charts.named(chart, title, "given", "true");
        Charts.look(chart.getStyler());
        chart.getStyler().setPlotContentSize(1);
        chart.getStyler().setPlotGridLinesVisible(false);
        chart.getStyler().setShowValue(numbers).setValueFont(Figure.TEXT).setHeatMapValueDecimalPattern("0")
                .setRangeColors(shades).setMin(0).setMax(100);
        chart.addSeries("confusion", names, fromBelow, cells);
        return chart;
    }

    /** The number itself where there is room for it; elsewhere blanks, which differ, since the axis takes labels apart. */
    private static String label(int number, int count) {
        boolean shown = count <= LABELS || number == 1 || number % 10 == 0;
        return shown ? Integer.toString(number) : Integer.toBinaryString(number).replace('0', ' ').replace('1', '\u00a0');
    }
}
