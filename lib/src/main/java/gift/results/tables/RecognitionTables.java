package gift.results.tables;

import static gift.recognition.RecognitionMethod.GUIDED;
import static gift.recognition.RecognitionMethod.LINEAR_PROBE;
import static gift.recognition.RecognitionMethod.MIXED;
import static gift.recognition.RecognitionMethod.REAL;
import static gift.recognition.RecognitionMethod.SYNTHETIC;
import static gift.recognition.RecognitionMethod.SYNTHETIC_HALF;
import static gift.recognition.RecognitionMethod.SYNTHETIC_HARD;
import static gift.recognition.RecognitionMethod.SYNTHETIC_NAMES;
import static gift.recognition.RecognitionMethod.SYNTHETIC_QUARTER;
import static gift.recognition.RecognitionMethod.SYNTHETIC_SOFT;
import static gift.recognition.RecognitionMethod.SYNTHETIC_UNFILTERED;
import static gift.recognition.RecognitionMethod.ZERO_SHOT;

import gift.eval.Interval;
import gift.io.Csv;
import gift.io.InputException;
import gift.recognition.RecognitionMethod;
import gift.results.RecognitionRuns;
import gift.results.RecognitionRuns.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The tables of a recognition study (He et al. 2023). */
public final class RecognitionTables {
    /** The data sets of the published table 1, by their names here. */
    private static final Map<String, String> PUBLISHED_NAMES = Map.of("CIFAR-10", "CIFAR10", "CIFAR-100", "CIFAR100",
            "Cars", "StanfordCars", "Flower", "Flowers", "Pets", "OxfordPet", "ImageNet-Sketch", "ImageNetSketch",
            "ImageNet-R", "ImageNetR");
    private static final List<String> PUBLISHED_COLUMNS =
            List.of("dataset", "clip_rn50", "clip_rn50_syn", "clip_vitb16", "clip_vitb16_syn");
    private static final String AVERAGE = "average_printed";

    /** A question that a table of differences answers: what the first method has more than the second. */
    private record Question(String what, RecognitionMethod first, RecognitionMethod second) {}

    private static final List<Question> QUESTIONS = List.of(
            new Question("synthetic images, no real ones", SYNTHETIC, ZERO_SHOT),
            new Question("without language enhancement", SYNTHETIC_NAMES, SYNTHETIC),
            new Question("without filter", SYNTHETIC_UNFILTERED, SYNTHETIC),
            new Question("hard labels alone", SYNTHETIC_HARD, SYNTHETIC),
            new Question("soft labels alone", SYNTHETIC_SOFT, SYNTHETIC),
            new Question("half of the images", SYNTHETIC_HALF, SYNTHETIC),
            new Question("a quarter of the images", SYNTHETIC_QUARTER, SYNTHETIC),
            new Question("synthetic images beside real ones", MIXED, REAL),
            new Question("images made from the real ones beside these", GUIDED, REAL),
            new Question("real guidance for sentences", GUIDED, MIXED),
            new Question("linear probe", LINEAR_PROBE, REAL));

    private final RecognitionRuns runs;
    private final Interval.Kind kind;

    /** @param kind of the intervals over seeds */
    public RecognitionTables(RecognitionRuns runs, Interval.Kind kind) {
        this.runs = runs;
        this.kind = kind;
    }

    /** A row for each method and number of real images: mean over the tasks, interval over seeds. */
    public ResultTable main() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name()).text("method").whole("shots", "seeds")
                .numbers(List.of("accuracy", "accuracy_low", "accuracy_high"));
        for (Setting setting : runs.settings()) {
            Interval mean = runs.interval(setting, null, kind);
            table.row(setting.method().toString(), setting.shots(), mean.count(), mean.mean(), mean.low(), mean.high());
        }
        return table.build(runs.name() + ": accuracy in percent, mean over " + runs.tasks().size() + " tasks", 2, notes());
    }

    /** The same for each task, mean over seeds. */
    public ResultTable tasks() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + "_tasks").text("method").whole("shots")
                .numbers(runs.tasks()).numbers(List.of("mean"));
        for (Setting setting : runs.settings()) {
            List<Object> row = new ArrayList<>(List.of(setting.method().toString(), setting.shots()));
            runs.tasks().forEach(task -> row.add(runs.interval(setting, task, kind).mean()));
            row.add(runs.interval(setting, null, kind).mean());
            table.row(row);
        }
        return table.build(runs.name() + ": accuracy in percent on each task, mean over seeds", 2, chosen());
    }

    /** What each part is worth: differences of methods, seed by seed, mean over the tasks. */
    public ResultTable ablations() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + "_ablations").text("change").whole("shots")
                .text("this", "minus").numbers(List.of("difference", "difference_low", "difference_high")).text("verdict");
        for (Question question : QUESTIONS) {
            for (Setting first : runs.settings()) {
                Setting second = new Setting(question.second, question.second.usesReal() ? first.shots() : 0);
                if (first.method() == question.first && runs.settings().contains(second)) {
                    Interval d = runs.difference(first, second);
                    table.row(question.what, first.shots(), first.method().toString(), second.method().toString(), d.mean(),
                            d.low(), d.high(), !d.exists() ? "one seed" : d.low() > 0 ? "higher" : d.high() < 0 ? "lower"
                                    : "not told apart");
                }
            }
        }
        List<String> notes = new ArrayList<>(List.of("points, mean over tasks, seed by seed; [low, high]: 95 % t interval over seeds,"
                + " which leaves out that the images are drawn once"));
        notes.addAll(chosen());
        return table.build(runs.name() + ": what each part is worth, in points", 2, notes);
    }

    /** The published table 1, both backbones, beside ours. */
    public ResultTable beside(Path published) {
        Path file = published.resolve("he2023_table1.csv");
        List<List<String>> lines = Csv.read(file);
        InputException.require(!lines.isEmpty() && lines.get(0).equals(PUBLISHED_COLUMNS),
                file + ": the first row must be " + String.join(",", PUBLISHED_COLUMNS));
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + "_published").text("data_set")
                .whole("seeds").numbers(List.of("zero_shot", "synthetic", "synthetic_low", "synthetic_high", "gain"))
                .numbers(PUBLISHED_COLUMNS.subList(1, PUBLISHED_COLUMNS.size()));
        Map<String, double[]> values = new LinkedHashMap<>();
        for (int i = 1; i < lines.size(); i++) {
            List<String> line = lines.get(i);
            String where = file + ", row " + i;
            InputException.require(line.size() == PUBLISHED_COLUMNS.size(), where + ": " + line.size() + " fields");
            values.put(PUBLISHED_NAMES.getOrDefault(line.get(0), line.get(0)), IntStream.range(1, line.size())
                    .mapToDouble(k -> Published.number(line.get(k), where)).toArray());
        }
        double[] average = values.remove(AVERAGE);
        runs.tasks().stream().filter(task -> !values.containsKey(task)).forEach(task -> values.put(task, new double[4]));
        values.forEach((set, numbers) -> table.row(row(set, runs.tasks().contains(set) ? set : "", numbers)));
        table.row(row("mean over the data sets", null, average == null ? new double[4] : average));
        List<String> notes = new ArrayList<>(notes());
        notes.add(runs.tasks().stream().anyMatch(task -> values.get(task)[0] > 0)
                ? "published means are those of all 17 data sets, as printed; ours those of the data sets that were run"
                : "no data set of this study is in the published table, and no number here is to be compared with another:"
                        + " published ones are of CLIP RN50 and ViT-B/16, without (clip_...) and with images of GLIDE (_syn)");
        return table.build(runs.name() + ": ours beside table 1 of He et al. 2023", 2, notes);
    }

    /** @param task ours; empty for none, null for the mean over all */
    private List<Object> row(String name, String task, double[] published) {
        Setting zero = new Setting(ZERO_SHOT, 0);
        Setting synthetic = new Setting(SYNTHETIC, 0);
        boolean own = task == null || !task.isEmpty();
        Interval before = own ? runs.interval(zero, task, kind) : Interval.of(kind);
        Interval after = own ? runs.interval(synthetic, task, kind) : Interval.of(kind);
        List<Object> row = new ArrayList<>(List.of(name, after.count(), before.mean(), after.mean(), after.low(), after.high(),
                after.mean() - before.mean()));
        for (double number : published) {
            row.add(number == 0 ? Double.NaN : number);
        }
        return row;
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (runs.settings().stream().anyMatch(setting -> runs.bySeed(setting, null).size() > 1)) {
            notes.add(StudyTables.brackets(kind));
        }
        notes.addAll(chosen());
        return notes;
    }

    private List<String> chosen() {
        return switch (runs.results().chosenBy()) {
            case "" -> List.of();
            case "best_on_test_as_published" -> List.of("the epoch that counts is the best on the TEST images, as in the published"
                    + " code: accuracies are too high by that");
            case "validation" -> List.of("the epoch that counts is the best on validation images: real ones beside the shots;"
                    + " without real images, generated ones that are held out");
            default -> List.of("the " + runs.results().chosenBy() + " epoch counts");
        };
    }
}
