package gift.results.figures;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.DatasetSource;
import gift.io.Csv;
import gift.io.Folders;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.results.MethodNames;
import gift.results.StudyRuns;
import gift.results.StudyRuns.Run;
import gift.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;

/** Figures that need more than a run's matrix: its losses and weights. */
public final class RunFigures {
    private static final String WITHIN = "within"; // the folder of a run
    private static final int MOST_POINTS = 40; // a line in a panel

    private RunFigures() {}

    /**
     * The loss components while a run trains, a panel for each task, weighted as they enter the loss.
     *
     * @param task only this one; null for all
     */
    public static Figure losses(StudyRuns study, Run run, String task) {
        requireTask(study, task);
        List<String> tasks = study.tasks();
        List<Chart<?, ?>> panels = new ArrayList<>();
        Map<String, SeriesStyle> styles = new LinkedHashMap<>();
        int block = 1;
        for (int t = 0; t < tasks.size(); t++) {
            if (task != null && !task.equals(tasks.get(t))) {
                continue;
            }
            Path file = file(run, "losses", t, ".csv");
            List<List<String>> lines = Csv.read(file);
            if (lines.size() < 2) {
                throw new InputException(file + " holds no updates");
            }
            XYChart chart = Charts.xy(task == null ? 330 : 640, task == null ? 250 : 420, (t + 1) + ". " + tasks.get(t),
                    "update", "loss");
            chart.getStyler().setYAxisLogarithmic(true).setXAxisDecimalPattern("0").setXAxisMin(0.0);
            chart.getStyler().setMarkerSize(5);
            block = Math.max(1, (lines.size() - 1 + MOST_POINTS - 1) / MOST_POINTS);
            for (int column = 1; column < lines.get(0).size(); column++) {
                String name = lines.get(0).get(column);
                styles.putIfAbsent(name, SeriesStyle.of(styles.size()));
                add(chart, name, means(file, lines, column, block), block, styles.get(name));
            }
            panels.add(chart);
        }
        List<Figure.Key> keys = styles.entrySet().stream()
                .map(entry -> new Figure.Key(entry.getKey(), entry.getValue(), true)).toList();
        return new Figure(MatrixFigures.named(study, run) + ": parts of the loss",
                "each times its weight" + (block > 1 ? "; a point is the mean of " + block + " updates" : "")
                        + "; zeros have no place on a logarithmic axis", keys, panels, 3);
    }

    /**
     * Accuracy on every task while a run learns, a panel for each task that is learnt.
     *
     * @param task only this one; null for all
     */
    public static Figure within(StudyRuns study, Run run, String task) {
        requireTask(study, task);
        List<String> tasks = study.tasks();
        List<Chart<?, ?>> panels = new ArrayList<>();
        for (int t = 0; t < tasks.size(); t++) {
            if (task != null && !task.equals(tasks.get(t))) {
                continue;
            }
            Path file = file(run, WITHIN, t, ".csv");
            List<List<String>> lines = Csv.read(file);
            XYChart chart = Charts.xy(task == null ? 330 : 640, task == null ? 250 : 420, (t + 1) + ". " + tasks.get(t),
                    "updates", "accuracy, %");
            chart.getStyler().setXAxisDecimalPattern("0").setXAxisMin(0.0).setMarkerSize(5);
            double[] at = column(file, lines, 0);
            for (int i = 0; i < tasks.size(); i++) {
                Charts.line(chart, tasks.get(i), at, column(file, lines, i + 1), SeriesStyle.of(i));
            }
            panels.add(chart);
        }
        List<Figure.Key> keys = IntStream.range(0, tasks.size())
                .mapToObj(i -> new Figure.Key(tasks.get(i), SeriesStyle.of(i), true)).toList();
        return new Figure(MatrixFigures.named(study, run) + ": accuracy while a task is learnt",
                "before the first update, along the way and after the last", keys, panels, 3);
    }

    /** Whether a run was evaluated within its tasks. */
    static boolean hasWithin(Run run) {
        return run.folder() != null && Files.isDirectory(run.folder().resolve(WITHIN));
    }

    private static double[] column(Path file, List<List<String>> lines, int column) {
        return IntStream.range(1, lines.size()).mapToDouble(row -> value(file, lines, row, column)).toArray();
    }

    private static void requireTask(StudyRuns study, String task) {
        if (task != null && !study.tasks().contains(task)) {
            throw new InputException("study " + study.name() + " has no task '" + task + "'" + Json.nearest(task, study.tasks()));
        }
    }

    /** A series without what a logarithmic axis cannot show; none if nothing is left. */
    private static void add(XYChart chart, String name, double[] values, int block, SeriesStyle style) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (values[i] > 0) {
                points.add(new double[] {(i + 0.5) * block - 0.5, values[i]}); // the middle of the block
            }
        }
        if (!points.isEmpty()) {
            Charts.line(chart, name, points.stream().mapToDouble(p -> p[0]).toArray(),
                    points.stream().mapToDouble(p -> p[1]).toArray(), style);
        }
    }

    private static double[] means(Path file, List<List<String>> lines, int column, int block) {
        int updates = lines.size() - 1;
        double[] means = new double[(updates + block - 1) / block];
        for (int i = 0; i < means.length; i++) {
            int end = Math.min(updates, (i + 1) * block);
            for (int u = i * block; u < end; u++) {
                means[i] += value(file, lines, u + 1, column) / (end - i * block);
            }
        }
        return means;
    }

    private static double value(Path file, List<List<String>> lines, int row, int column) {
        try {
            return Double.parseDouble(lines.get(row).get(column));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new InputException(file + ", row " + row + ": no number for " + lines.get(0).get(column), e);
        }
    }

    /**
     * How far each layer moved, a line for each method, the image tower and the text tower apart.
     *
     * @param seed null for each method's first
     * @param initial weights before the first task; null to measure from those after it, which every run keeps
     */
    public static Figure weights(StudyRuns study, Long seed, Path initial) {
        int last = study.tasks().size() - 1;
        if (initial == null && last == 0) {
            throw new InputException("study " + study.name() + " has one task: give the initial weights with --initial");
        }
        Map<String, Path> before = new LinkedHashMap<>();
        Map<String, Path> after = new LinkedHashMap<>();
        for (String method : study.methods()) {
            Run run = study.run(method, seed);
            before.put(method, initial == null ? file(run, "weights", 0, ".safetensors") : checked(initial, run));
            after.put(method, file(run, "weights", last, ".safetensors"));
        }
        String start = initial == null ? "from after task 1 (" + study.tasks().get(0) + ")" : "from the initial weights";
        return layers(study.name() + ": change of the weights, layer by layer",
                "norm of the difference over norm of the start, " + start + " to after the last task", study.methods(),
                (method, visual) -> WeightChange.of(before.get(method), after.get(method), visual));
    }

    /**
     * Two panels, the image tower and the text tower, with a line for each method.
     *
     * @param changes percent by layer, of a method and of the image tower (true) or the text tower
     */
    static Figure layers(String title, String subtitle, List<String> methods,
            BiFunction<String, Boolean, Map<String, Double>> changes) {
        Map<String, SeriesStyle> styles = SeriesStyle.ofMethods(methods);
        List<Chart<?, ?>> panels = new ArrayList<>();
        for (boolean visual : new boolean[] {true, false}) {
            CategoryChart chart = Charts.category(480, 380, visual ? "image tower" : "text tower", "layer", "change, %");
            chart.getStyler().setYAxisMin(0.0).setXAxisLabelRotation(45);
            for (String method : methods) {
                Map<String, Double> values = changes.apply(method, visual);
                CategorySeries series = chart.addSeries(method, new ArrayList<>(values.keySet()),
                        new ArrayList<>(values.values()));
                SeriesStyle style = styles.get(method);
                series.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line);
                series.setLineColor(style.color()).setLineStyle(style.stroke());
                series.setMarker(style.marker()).setMarkerColor(style.color());
            }
            panels.add(chart);
        }
        return new Figure(title, subtitle, MatrixFigures.keys(styles, true), panels, 2);
    }

    /** The initial weights, if they are those that the run names in its settings (where it names any). */
    private static Path checked(Path initial, Run run) {
        JsonNode settings = Json.tree(run.folder().resolve("settings.json"));
        String named = settings.path("sha256").path("initial_weights").asText(settings.path("initial_weights").asText(""));
        if (!Files.isRegularFile(initial)) {
            throw new InputException("no weights at " + initial);
        }
        if (!named.isEmpty() && !named.equals(Hashes.sha256(initial))) {
            throw new InputException(initial + " is not what " + run.folder() + " started from: its settings name the sha256 "
                    + named);
        }
        return initial;
    }

    /** Whether a run has kept the losses of its updates; one that does not learn has none. */
    static boolean hasLosses(Run run) {
        return run.folder() != null && Files.isDirectory(run.folder().resolve("losses"));
    }

    /** Whether every method of a study has kept the weights after the last task. */
    static boolean haveWeights(StudyRuns study) {
        return study.methods().stream().allMatch(method -> lastWeights(study, study.run(method, null)).isPresent());
    }

    /** The weights of a run after the last task, if they are kept. */
    static Optional<Path> lastWeights(StudyRuns study, Run run) {
        Path folder = run.folder() == null ? null : run.folder().resolve("weights");
        return folder == null || !Files.isDirectory(folder) ? Optional.empty()
                : Optional.of(file(run, "weights", study.tasks().size() - 1, ".safetensors"));
    }

    /**
     * Images and class prompts of a task in the plane of their principal components: before any training, after
     * fine-tuning and after GIFT, as far as these runs keep weights.
     *
     * @param method of one more panel, or null
     * @param seed null for each method's first
     * @param task null for the first
     * @param initial weights before the first task, with the vocabulary beside them
     * @param data of the study
     */
    public static Figure features(StudyRuns study, String method, Long seed, String task, Path initial, DatasetSource data) {
        String wanted = task == null ? study.tasks().get(0) : task;
        if (!study.tasks().contains(wanted)) {
            throw new InputException("study " + study.name() + " has no task '" + wanted + "'" + Json.nearest(wanted, study.tasks()));
        }
        if (data == null) {
            throw new InputException("give the folder of the study's data sets with --data");
        }
        if (initial == null) {
            throw new InputException("give the weights before the first task with --initial");
        }
        List<String> methods = new ArrayList<>(List.of("finetune", "gift"));
        if (method != null && !methods.contains(method)) {
            methods.add(method);
        }
        data.require(List.of(wanted));
        FeatureSpace space = new FeatureSpace(data.openUnseen(wanted));
        Path folder = Files.isDirectory(initial) ? initial : initial.toAbsolutePath().getParent();
        Tokenizer tokenizer = Tokenizer.load(folder);
        try (NDManager manager = Devices.newManager(Device.cpu()); Clip before = ClipWeights.load(initial, manager)) {
            space.add("before training", before, tokenizer);
            for (String name : methods) {
                if (study.methods().contains(name)) {
                    Run run = study.run(name, seed);
                    checked(ClipWeights.file(initial), run);
                    Path weights = file(run, "weights", study.tasks().size() - 1, ".safetensors");
                    try (Clip after = ClipWeights.load(weights, before.config(), manager)) {
                        space.add("after " + MethodNames.display(name), after, tokenizer);
                    }
                }
            }
        }
        return space.figure(study.name() + ": features of " + wanted + ", before and after the sequence");
    }

    /** A file of one task, {@code <NN>_<task>} with the number from 1. */
    private static Path file(Run run, String kind, int task, String ending) {
        if (run.folder() == null) {
            throw new InputException("only the matrix of this run of " + run.method() + " is kept: no " + kind);
        }
        Path folder = run.folder().resolve(kind);
        String start = String.format(Locale.ROOT, "%02d_", task + 1);
        return Folders.inside(folder).stream().filter(f -> f.getFileName().toString().startsWith(start) && f.toString().endsWith(ending))
                .findFirst().orElseThrow(() -> new InputException("no file " + folder.resolve(start + "*" + ending)));
    }
}
