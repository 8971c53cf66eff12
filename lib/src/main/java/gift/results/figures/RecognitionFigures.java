package gift.results.figures;

import gift.eval.Interval;
import gift.io.Csv;
import gift.io.InputException;
import gift.recognition.RecognitionMethod;
import gift.results.RecognitionRuns;
import gift.results.RecognitionRuns.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;

/** Figures of recognition studies (He et al. 2023). */
final class RecognitionFigures {
    /** Variants of a method, which have a table of their own. */
    private static final List<RecognitionMethod> ABLATIONS = List.of(RecognitionMethod.SYNTHETIC_HARD,
            RecognitionMethod.SYNTHETIC_SOFT, RecognitionMethod.SYNTHETIC_NAMES, RecognitionMethod.SYNTHETIC_UNFILTERED,
            RecognitionMethod.SYNTHETIC_HALF, RecognitionMethod.SYNTHETIC_QUARTER);

    private RecognitionFigures() {}

    /** Accuracy over real images a class, mean over the tasks, as the published figure 1; level: what uses no real image. */
    static Figure shots(RecognitionRuns runs, Interval.Kind kind) {
        List<Integer> shots = runs.shots();
        InputException.require(!shots.isEmpty(), "study " + runs.name() + " has no run with real images, and so no figure over them");
        Map<String, List<double[]>> series = new LinkedHashMap<>();
        runs.methods().stream().filter(method -> !ABLATIONS.contains(method)).forEach(method -> {
            List<Map<Long, Double>> at = shots.stream()
                    .map(k -> runs.bySeed(new Setting(method, method.usesReal() ? k : 0), null)).toList();
            List<Long> seeds = at.get(0).keySet().stream().filter(seed -> at.stream().allMatch(of -> of.containsKey(seed))).toList();
            if (!seeds.isEmpty()) {
                series.put(method.toString(), seeds.stream()
                        .map(seed -> at.stream().mapToDouble(of -> of.get(seed)).toArray()).toList());
            }
        });
        return IncrementalFigures.accuracy(runs.name() + ": mean over " + runs.tasks().size() + " tasks", "real images a class",
                shots.stream().mapToDouble(k -> k).toArray(), series, kind);
    }

    /** The published figure 1: a panel for each data set; numbers read off the figure, some points are missing. */
    static Figure published(Path folder) {
        Path file = folder.resolve("he2023_figure1.csv");
        Map<String, Map<String, Map<Integer, Double>>> sets = new LinkedHashMap<>(); // data set, method, shots
        List<List<String>> lines = Csv.read(file);
        for (List<String> line : lines.subList(1, lines.size())) {
            InputException.require(line.size() == 4 && line.get(2).matches("\\d{1,3}") && line.get(3).matches("\\d+(\\.\\d+)?"),
                    file + ": a row must be dataset,method,shots,score_approx, not " + line);
            sets.computeIfAbsent(line.get(0), set -> new LinkedHashMap<>())
                    .computeIfAbsent(line.get(1), method -> new LinkedHashMap<>())
                    .put(Integer.valueOf(line.get(2)), Double.valueOf(line.get(3)));
        }
        List<String> methods = sets.values().stream().flatMap(of -> of.keySet().stream()).distinct().toList();
        Map<String, SeriesStyle> styles = new LinkedHashMap<>();
        methods.forEach(method -> styles.put(method.replace('_', ' '), SeriesStyle.of(styles.size())));
        List<Chart<?, ?>> panels = new ArrayList<>();
        sets.forEach((set, byMethod) -> {
            XYChart chart = Charts.xy(440, 360, set, "real images a class", "accuracy, %");
            chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0");
            byMethod.forEach((method, values) -> {
                int[] at = values.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
                Charts.line(chart, method.replace('_', ' '), IntStream.of(at).asDoubleStream().toArray(),
                        Arrays.stream(at).mapToDouble(values::get).toArray(), styles.get(method.replace('_', ' ')));
            });
            panels.add(chart);
        });
        return new Figure("He et al. 2023, figure 1", "read off the figure, about; some points could not be read",
                MatrixFigures.keys(styles, true), panels, 2);
    }
}
