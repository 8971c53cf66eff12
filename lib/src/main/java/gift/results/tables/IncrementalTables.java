package gift.results.tables;

import gift.eval.Interval;
import gift.io.Csv;
import gift.io.InputException;
import gift.results.IncrementalMetric;
import gift.results.IncrementalRuns;
import gift.results.IncrementalRuns.Run;
import gift.results.MethodNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The tables of a class-incremental study. */
public final class IncrementalTables {
    private static final List<String> PUBLISHED_COLUMNS = List.of("data_set", "initial", "increment", "method", "model", "metric",
            "value", "kind", "source");
    private static final String CLIP = "CLIP"; // the model of rows that ours can be compared with

    private final IncrementalRuns runs;
    private final Interval.Kind kind;

    /**
     * @param kind of the intervals over seeds
     */
    public IncrementalTables(IncrementalRuns runs, Interval.Kind kind) {
        this.runs = runs;
        this.kind = kind;
    }

    /**
     * A published number.
     *
     * @param method our id where it is a method of ours
     * @param model CLIP, or what else the method trains
     * @param kind how far to trust it: see {@code results/published/README.md}
     * @param source a key of {@code sources.csv}
     */
    public record Row(String dataSet, int initial, int increment, String method, String model, String metric, double value,
            String kind, String source) {}

    /**
     * The published numbers.
     *
     * @param folder {@code results/published}
     * @throws InputException naming file and row, if it is missing or broken
     */
    public static List<Row> published(Path folder) {
        Path file = folder.resolve(PublishedTables.CLASS_INCREMENTAL + ".csv");
        List<List<String>> lines = Csv.read(file);
        InputException.require(!lines.isEmpty() && lines.get(0).equals(PUBLISHED_COLUMNS),
                file + ": the first row must be " + String.join(",", PUBLISHED_COLUMNS));
        return IntStream.range(1, lines.size()).mapToObj(r -> {
            List<String> line = lines.get(r);
            String where = file + ", row " + r;
            InputException.require(line.size() == PUBLISHED_COLUMNS.size(), where + ": " + line.size() + " fields, the header has "
                    + PUBLISHED_COLUMNS.size());
            return new Row(line.get(0), (int) Published.number(line.get(1), where), (int) Published.number(line.get(2), where),
                    line.get(4).equals(CLIP) ? MethodNames.idOfPublished(line.get(3)) : line.get(3), line.get(4), line.get(5),
                    Published.number(line.get(6), where), line.get(7), line.get(8));
        }).toList();
    }

    /** A row for each method: mean and interval over seeds. */
    public ResultTable main() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + Tables.INCREMENTAL).text("method").whole("seeds");
        IncrementalMetric[] metrics = IncrementalMetric.values();
        Arrays.stream(metrics).map(IncrementalMetric::id).forEach(id -> table.numbers(List.of(id, id + "_low", id + "_high")));
        for (String method : runs.methods()) {
            List<Object> row = new ArrayList<>(List.of(method, runs.of(method).size()));
            for (IncrementalMetric metric : metrics) {
                Interval interval = interval(method, metric);
                row.addAll(List.of(interval.mean(), interval.low(), interval.high()));
            }
            table.row(row);
        }
        return table.build(runs.name() + ": class-incremental metrics, mean and interval over seeds", 2, notes());
    }

    /** A row for each run. */
    public ResultTable seeds() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + Tables.INCREMENTAL + "_seeds").text("method").seed("seed")
                .numbers(IncrementalMetric.ids());
        for (Run run : runs.runs()) {
            List<Object> row = new ArrayList<>(List.of(run.method(), run.seed()));
            Arrays.stream(IncrementalMetric.values()).forEach(metric -> row.add(metric.of(run.metrics())));
            table.row(row);
        }
        return table.build(runs.name() + ": class-incremental metrics, one row for each run", 2, runs.notes());
    }

    /** The accuracy over the classes seen after each step, mean over seeds, a row for each method. */
    public ResultTable steps() {
        List<String> steps = Arrays.stream(runs.runs().get(0).matrix().classesSeen())
                .mapToObj(n -> Integer.toString((int) n)).toList();
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + Tables.INCREMENTAL + "_steps").text("method").numbers(steps);
        for (String method : runs.methods()) {
            List<Object> row = new ArrayList<>(List.of(method));
            IntStream.range(0, steps.size()).forEach(i -> row.add(runs.of(method).stream()
                    .mapToDouble(run -> run.matrix().accuracy(i)).average().orElseThrow()));
            table.row(row);
        }
        return table.build(runs.name() + ": accuracy over the classes seen, by their number, mean over seeds", 2, runs.notes());
    }

    /** Mean and interval of a metric over a method's seeds. */
    public Interval interval(String method, IncrementalMetric metric) {
        return Interval.of(kind, runs.of(method).stream().mapToDouble(run -> metric.of(run.metrics())).toArray());
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(runs.notes());
        if (runs.methods().stream().anyMatch(method -> runs.of(method).size() > 1)) {
            notes.add(StudyTables.brackets(kind));
        }
        return notes;
    }

    /**
     * Ours beside the published numbers of the same data set, first step and increment, by models that are CLIP; published
     * rows of methods that this study has not run have empty cells of ours. The verdict is that of
     * {@link StudyTables#beside}.
     */
    public ResultTable beside(List<Row> published) {
        List<Integer> classes = runs.runs().stream().map(run -> run.matrix().classes()).filter(some -> !some.isEmpty()).findFirst()
                .orElse(List.of());
        String dataSet = runs.dataSet();
        List<Row> same = published.stream().filter(row -> row.dataSet.equals(dataSet) && row.model.equals(CLIP)
                && classes.size() > 1 && row.initial == classes.get(0) && row.increment == classes.get(1)).toList();
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + Tables.INCREMENTAL + "_published").text("method", "metric")
                .whole("seeds").numbers(List.of("ours", "ours_low", "ours_high", "published", "difference"))
                .text("verdict", "kind", "source");
        List<String> methods = new ArrayList<>(runs.methods());
        same.stream().map(Row::method).filter(method -> !methods.contains(method)).distinct().sorted(MethodNames.order())
                .forEach(methods::add);
        for (String method : methods) {
            for (IncrementalMetric metric : List.of(IncrementalMetric.AVG, IncrementalMetric.LAST)) {
                Row row = same.stream().filter(r -> r.method.equals(method) && r.metric.equals(metric.id())).findFirst().orElse(null);
                boolean own = !runs.of(method).isEmpty();
                if (own || row != null) {
                    Interval ours = own ? interval(method, metric) : Interval.of(kind);
                    double number = row == null ? Double.NaN : row.value;
                    table.row(method, metric.id(), runs.of(method).size(), ours.mean(), ours.low(), ours.high(), number,
                            ours.mean() - number, !own ? "not run" : StudyTables.verdict(ours,
                                    row == null ? OptionalDouble.empty() : OptionalDouble.of(number), true),
                            row == null ? "" : row.kind, row == null ? "" : row.source);
                }
            }
        }
        List<String> notes = new ArrayList<>(notes());
        notes.add(same.isEmpty() ? "no published numbers of " + (dataSet.isEmpty() ? "this data set" : dataSet) + " in these steps"
                : "kind: file, image: of the authors; review, note: quoted by others, not read in the paper");
        return table.build(runs.name() + ": ours beside the published numbers", 2, notes);
    }
}
