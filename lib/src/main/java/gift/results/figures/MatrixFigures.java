package gift.results.figures;

import gift.eval.AccuracyMatrix;
import gift.eval.Interval;
import gift.io.InputException;
import gift.io.Json;
import gift.results.MethodNames;
import gift.results.StudyRuns;
import gift.results.StudyRuns.Run;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.ChartTheme;

/** Figures whose numbers are those of accuracy matrices. */
public final class MatrixFigures {
    /** Pale to middle blue: black numbers stay readable on all of it, and in grey darker still means more. */
    private static final Color[] SHADES = {new Color(0xf7fbff), new Color(0xc6dbef), new Color(0x6baed6)};

    private static final int PANEL_WIDTH = 330;
    private static final int PANEL_HEIGHT = 250;

    /**
     * A method in the chart of Transfer against Last.
     *
     * @param method id
     */
    public record Point(String method, Interval transfer, Interval last) {}

    private MatrixFigures() {}

    /** An accuracy matrix: a row after each task, a column for each task. */
    public static Figure heatmap(StudyRuns study, Run run) {
        return heatmap("Accuracy in %, " + named(study, run), run.matrix());
    }

    /** An accuracy matrix, rows that are still to come left empty. */
    static Figure heatmap(String title, AccuracyMatrix matrix) {
        int n = matrix.tasks().size();
        List<String> rows = new ArrayList<>();
        List<Number[]> cells = new ArrayList<>();
        for (int j = n - 1; j >= 0; j--) { // the chart counts rows from below
            rows.add(matrix.tasks().get(j));
            for (int i = 0; i < n; i++) {
                if (j < matrix.rows()) {
                    cells.add(new Number[] {i, rows.size() - 1, matrix.get(j, i)});
                }
            }
        }
        matrix.before().ifPresent(before -> {
            rows.add("(before)");
            IntStream.range(0, n).forEach(i -> cells.add(new Number[] {i, rows.size() - 1, before[i]}));
        });
        HeatMapChart chart = new HeatMapChart(
                Math.max(420, 130 + 62 * n), Math.max(260, 130 + 30 * rows.size()), ChartTheme.XChart);
        Charts.named(chart, "", "accuracy on", "after training");
        Charts.look(chart.getStyler());
        chart.getStyler().setChartTitleVisible(false).setPlotContentSize(1);
        chart.getStyler().setXAxisLabelRotation(n > 5 ? 45 : 0).setPlotGridLinesVisible(false);
        chart.getStyler().setShowValue(true).setValueFont(Figure.TEXT).setHeatMapValueDecimalPattern("0.0")
                .setRangeColors(SHADES).setMin(0).setMax(100);
        chart.addSeries("accuracy", matrix.tasks(), rows, cells);
        return new Figure(title,
                "the diagonal is a task just learnt; to its right not yet learnt, below it kept or forgotten", List.of(),
                List.of(chart), 1);
    }

    static String named(StudyRuns study, Run run) {
        boolean seeded = study.of(run.method()).size() > 1 || run.folder() != null;
        return study.name() + ": " + MethodNames.display(run.method()) + (seeded ? ", seed " + run.seed() : "");
    }

    /**
     * The accuracy of each task while the sequence goes on, a panel for each task, a line for each method, mean over seeds.
     *
     * @param task only this one; null for all
     */
    public static Figure sequence(StudyRuns study, String task) {
        List<String> tasks = study.tasks();
        if (task != null && !tasks.contains(task)) {
            throw new InputException("study " + study.name() + " has no task '" + task + "'" + Json.nearest(task, tasks));
        }
        Map<String, SeriesStyle> styles = SeriesStyle.ofMethods(study.methods());
        double[] range = study.runs().stream().flatMapToDouble(run -> values(run.matrix())).sorted().toArray();
        List<Chart<?, ?>> panels = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            if (task != null && !task.equals(tasks.get(i))) {
                continue;
            }
            XYChart chart = Charts.xy(task == null ? PANEL_WIDTH : 640, task == null ? PANEL_HEIGHT : 420,
                    (i + 1) + ". " + tasks.get(i), "tasks learnt", "accuracy, %");
            double low = Charts.rounded(range[0], 10, false);
            double high = Charts.rounded(range[range.length - 1], 10, true);
            chart.getStyler().setYAxisMin(low).setYAxisMax(high).setXAxisDecimalPattern("0").setYAxisDecimalPattern("0")
                    .setXAxisTickMarkSpacingHint(Math.max(16, chart.getWidth() / (tasks.size() + 4)));
            Charts.thin(chart, "learnt here", new double[] {i + 1, i + 1}, new double[] {low, high}, Color.LIGHT_GRAY);
            for (String method : study.methods()) {
                double[] y = alongSequence(study.of(method), i);
                int first = tasks.size() + 1 - y.length; // 0 where the accuracy before training is known
                double[] x = IntStream.range(0, y.length).mapToDouble(j -> first + j).toArray();
                Charts.line(chart, method, x, y, styles.get(method));
            }
            panels.add(chart);
        }
        return new Figure(study.name() + ": accuracy of each task along the sequence",
                "grey line: the task is learnt; " + overSeeds(study), keys(styles, true), panels, 3);
    }

    private static DoubleStream values(AccuracyMatrix matrix) {
        DoubleStream rows = IntStream.range(0, matrix.rows()).boxed()
                .flatMapToDouble(j -> IntStream.range(0, matrix.rows()).mapToDouble(i -> matrix.get(j, i)));
        return DoubleStream.concat(rows, Arrays.stream(matrix.before().orElse(new double[0])));
    }

    /** Accuracy on a task after each task, mean over runs; before any training too, where every run has that. */
    private static double[] alongSequence(List<Run> runs, int task) {
        int n = runs.get(0).matrix().rows();
        boolean before = runs.stream().allMatch(run -> run.matrix().before().isPresent());
        return IntStream.range(before ? -1 : 0, n).mapToDouble(j -> runs.stream()
                .mapToDouble(run -> j < 0 ? run.matrix().before().orElseThrow()[task] : run.matrix().get(j, task))
                .average().orElseThrow()).toArray();
    }

    /** The change of each task from when it was learnt to the end, a panel for each method; the last task is left out. */
    public static Figure backwardTransfer(StudyRuns study) {
        int n = study.tasks().size();
        if (n < 2) {
            throw new InputException("study " + study.name() + " has one task: nothing can be forgotten");
        }
        List<double[]> changes = study.methods().stream().map(method -> IntStream.range(0, n - 1)
                .mapToDouble(i -> study.of(method).stream().map(Run::matrix)
                        .mapToDouble(a -> a.get(n - 1, i) - a.get(i, i)).average().orElseThrow()).toArray()).toList();
        double[] sorted = changes.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        List<Chart<?, ?>> panels = new ArrayList<>();
        for (int m = 0; m < changes.size(); m++) {
            double mean = Arrays.stream(changes.get(m)).average().orElseThrow();
            String title = String.format(Locale.ROOT, "%s (mean %.1f)", MethodNames.display(study.methods().get(m)), mean);
            CategoryChart chart = Charts.category(PANEL_WIDTH, PANEL_HEIGHT + 20, title, "", "change, points");
            chart.getStyler().setYAxisMin(Math.min(-5, Charts.rounded(sorted[0], 5, false)))
                    .setYAxisMax(Math.max(5, Charts.rounded(sorted[sorted.length - 1], 5, true)))
                    .setYAxisDecimalPattern("0").setXAxisLabelRotation(n > 5 ? 60 : 0);
            chart.getStyler().setAvailableSpaceFill(0.7);
            CategorySeries bars = chart.addSeries("change", study.tasks().subList(0, n - 1),
                    Arrays.stream(changes.get(m)).boxed().toList());
            bars.setFillColor(new Color(0x4a6fa5));
            panels.add(chart);
        }
        return new Figure(study.name() + ": backward transfer", "accuracy after the last task minus accuracy when just learnt; "
                + overSeeds(study), List.of(), panels, 3);
    }

    /** Transfer against Last, a point for each method, with intervals where there are several seeds. */
    public static Figure scatter(String name, String subtitle, List<Point> points) {
        return scatter(name + ": Transfer against Last", subtitle, "Transfer, %", "Last, %", points);
    }

    /** Points of two quantities, with these names on the axes. */
    static Figure scatter(String title, String subtitle, String across, String up, List<Point> points) {
        Map<String, SeriesStyle> styles = SeriesStyle.ofMethods(points.stream().map(Point::method).toList());
        XYChart chart = Charts.xy(700, 460, "", across, up);
        chart.getStyler().setChartTitleVisible(false);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line).setMarkerSize(11);
        for (Point point : points) {
            SeriesStyle style = styles.get(point.method);
            double x = point.transfer.mean();
            double y = point.last.mean();
            if (point.transfer.exists()) {
                Charts.thin(chart, point.method + " transfer", new double[] {point.transfer.low(), point.transfer.high()},
                        new double[] {y, y}, style.color());
                Charts.thin(chart, point.method + " last", new double[] {x, x},
                        new double[] {point.last.low(), point.last.high()}, style.color());
            }
            Charts.line(chart, point.method, new double[] {x}, new double[] {y}, style);
        }
        double[] xs = points.stream().flatMapToDouble(p -> ends(p.transfer)).sorted().toArray();
        double[] ys = points.stream().flatMapToDouble(p -> ends(p.last)).sorted().toArray();
        chart.getStyler().setXAxisMin(xs[0] - margin(xs)).setXAxisMax(xs[xs.length - 1] + margin(xs))
                .setYAxisMin(ys[0] - margin(ys)).setYAxisMax(ys[ys.length - 1] + margin(ys));
        return new Figure(title, subtitle, keys(styles, false), List.of(chart), 1);
    }

    private static DoubleStream ends(Interval interval) {
        return interval.exists() ? DoubleStream.of(interval.low(), interval.high()) : DoubleStream.of(interval.mean());
    }

    /** Room around the points: a tenth of their spread, one percent where they coincide. */
    private static double margin(double[] sorted) {
        double spread = sorted[sorted.length - 1] - sorted[0];
        return spread > 0 ? 0.1 * spread : 1;
    }

    static List<Figure.Key> keys(Map<String, SeriesStyle> styles, boolean lines) {
        return styles.entrySet().stream()
                .map(entry -> new Figure.Key(MethodNames.display(entry.getKey()), entry.getValue(), lines)).toList();
    }

    private static String overSeeds(StudyRuns study) {
        int most = study.methods().stream().mapToInt(method -> study.of(method).size()).max().orElse(1);
        return most == 1 ? "one run for each method" : "mean over up to " + most + " seeds";
    }
}
