package gift.results.tables;

import gift.eval.Interval;
import gift.results.Metric;
import gift.results.StudyRuns;
import gift.results.StudyRuns.Run;
import gift.results.tables.Published.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;

/** The tables of one study; every number comes from the accuracy matrices of its runs. */
public final class StudyTables {
    /** A printed number stands for a range: half a unit of its one decimal to either side. */
    private static final double ROUNDING = 0.05;

    private static final Pattern ORDER_NAME = Pattern.compile(".*order_(I{1,2})", Pattern.CASE_INSENSITIVE);

    private final StudyRuns runs;
    private final Interval.Kind kind;

    /**
     * @param kind of the intervals over seeds
     */
    public StudyTables(StudyRuns runs, Interval.Kind kind) {
        this.runs = runs;
        this.kind = kind;
    }

    /** One row for each run. */
    public ResultTable seeds() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + "_seeds").text("method").seed("seed")
                .numbers(Metric.ids()).numbers(List.of("backward_transfer"));
        for (Run run : runs.runs()) {
            List<Object> row = new ArrayList<>(List.of(run.method(), run.seed()));
            Stream.of(Metric.values()).forEach(metric -> row.add(metric.of(run.metrics())));
            row.add(run.metrics().backwardTransfer());
            table.row(row);
        }
        return table.build(runs.name() + ": one row for each run", 2, runs.notes());
    }

    /** The main table: mean and interval over seeds, a row for each method. */
    public ResultTable main() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name()).text("method").whole("seeds");
        Metric.ids().forEach(id -> table.numbers(List.of(id, id + "_low", id + "_high")));
        for (String method : runs.methods()) {
            List<Object> row = new ArrayList<>(List.of(method, runs.of(method).size()));
            for (Metric metric : Metric.values()) {
                Interval interval = interval(method, metric);
                row.addAll(List.of(interval.mean(), interval.low(), interval.high()));
            }
            table.row(row);
        }
        return table.build(runs.name() + ": Transfer, Avg, Last, mean and interval over seeds", 2, withInterval());
    }

    /** The runs' notes, and what the brackets are where a method has several seeds. */
    private List<String> withInterval() {
        List<String> notes = new ArrayList<>(runs.notes());
        if (runs.methods().stream().anyMatch(method -> runs.of(method).size() > 1)) {
            notes.add(brackets(kind));
        }
        return notes;
    }

    /** What the brackets of a table are. */
    static String brackets(Interval.Kind kind) {
        return kind == Interval.Kind.T ? "[low, high]: 95 % t interval over seeds"
                : "[low, high]: 95 % bootstrap interval over seeds; with two or three seeds it is only their range";
    }

    /** Mean and interval of a metric over a method's seeds, from the table of all runs. */
    public Interval interval(String method, Metric metric) {
        Table seeds = seeds().data();
        Table own = seeds.where(seeds.stringColumn("method").isEqualTo(method));
        return Interval.of(kind, own.doubleColumn(metric.id()).asDoubleArray());
    }

    /** The metrics of every task, mean over seeds. */
    public ResultTable tasks() {
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + "_tasks").text("method", "metric")
                .numbers(runs.tasks()).numbers(List.of("average"));
        for (String method : runs.methods()) {
            for (Metric metric : Metric.values()) {
                List<Object> row = new ArrayList<>(List.of(method, metric.id()));
                for (int i = 0; i < runs.tasks().size(); i++) {
                    int task = i;
                    row.add(runs.of(method).stream().mapToDouble(run -> metric.perTask(run.metrics()).get(task))
                            .average().orElseThrow());
                }
                row.add(interval(method, metric).mean());
                table.row(row);
            }
        }
        return table.build(runs.name() + ": Transfer, Avg, Last of each task, mean over seeds", 2, runs.notes());
    }

    /**
     * Ours beside the published averages. Ranks count from 1, the best, among the methods that have both numbers.
     *
     * <p>The verdict is {@code within} if the published number, give or take its rounding, meets our interval, else
     * {@code above} or {@code below}; {@code one seed} where there is no interval; {@code other tasks} if this study ran over
     * others than the published order, so that only ranks compare; {@code no counterpart} without a published number.
     */
    public ResultTable beside(Published published) {
        Optional<Order> same = published.orderOf(runs.tasks());
        Optional<Order> order = same.or(this::orderByName);
        ResultTable.Builder table = new ResultTable.Builder(runs.name() + "_published").text("method", "metric").whole("seeds")
                .numbers(List.of("ours", "ours_low", "ours_high", "published", "difference")).text("verdict")
                .whole("rank", "published_rank");
        for (Metric metric : Metric.values()) {
            List<String> both = runs.methods().stream()
                    .filter(m -> order.isPresent() && published.average(order.get(), m, metric).isPresent()).toList();
            double[] ours = both.stream().mapToDouble(m -> interval(m, metric).mean()).toArray();
            double[] theirs = both.stream().mapToDouble(m -> published.average(order.get(), m, metric).getAsDouble()).toArray();
            for (String method : runs.methods()) {
                Interval interval = interval(method, metric);
                int place = both.indexOf(method);
                OptionalDouble printed = place < 0 ? OptionalDouble.empty() : OptionalDouble.of(theirs[place]);
                double number = printed.orElse(Double.NaN);
                table.row(method, metric.id(), interval.count(), interval.mean(), interval.low(), interval.high(), number,
                        interval.mean() - number, verdict(interval, printed, same.isPresent()),
                        place < 0 ? null : rank(ours, place), place < 0 ? null : rank(theirs, place));
            }
        }
        List<String> notes = withInterval();
        notes.add(order.isEmpty() ? "no published order has these tasks: " + String.join(", ", runs.tasks())
                : "published: MTIL Order " + order.get() + ", CLIP ViT-B/16; numbers compare only with the same model and data");
        return table.build(runs.name() + ": ours beside the published numbers", 2, notes);
    }

    /** For a study over other tasks that follows one of the orders in small: the order that its name ends with. */
    private Optional<Order> orderByName() {
        Matcher name = ORDER_NAME.matcher(runs.name());
        return name.matches() ? Optional.of(name.group(1).length() == 1 ? Order.I : Order.II) : Optional.empty();
    }

    static String verdict(Interval ours, OptionalDouble published, boolean sameTasks) {
        if (published.isEmpty()) {
            return "no counterpart";
        }
        if (!sameTasks) {
            return "other tasks";
        }
        if (!ours.exists()) {
            return "one seed";
        }
        double number = published.getAsDouble();
        return ours.low() > number + ROUNDING ? "above" : ours.high() < number - ROUNDING ? "below" : "within";
    }

    /** 1 for the largest value. */
    private static int rank(double[] values, int place) {
        return 1 + (int) IntStream.range(0, values.length).filter(i -> values[i] > values[place]).count();
    }
}
