package gift.results.tables;

import gift.eval.AccuracyMatrix;
import gift.io.InputException;
import gift.results.IncrementalMetric;
import gift.results.IncrementalRuns;
import gift.results.MethodNames;
import gift.results.Metric;
import gift.results.ResultFolders;
import gift.results.StudyRuns;
import gift.results.StudyRuns.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Own runs beside those of the committed reference: is each number reproduced?
 *
 * <p>The rule: |our mean - reference mean| is at most the tolerance, which is the larger of {@value #LEAST} points and two
 * standard errors of this difference, 2 s sqrt(1 / n_ours + 1 / n_reference), with s the standard deviation over the
 * reference's seeds (none with a single one).
 *
 * @param rows studies in order of their names, methods as in every table; Transfer, Avg and Last, of a class-incremental study
 *     Avg and Last over the classes seen
 * @param notes what is not compared
 */
public record Comparison(List<Row> rows, List<String> notes) {
    /** The name of its table. */
    public static final String TABLE = "comparison";

    private static final double LEAST = 1.5; // points

    /**
     * One number.
     *
     * @param metric its name in columns
     * @param seeds of ours
     * @param ours mean over them, percent
     * @param tolerance points
     * @param identical how many of our matrices equal the reference's of the same seed in every cell
     */
    public record Row(String study, String method, String metric, int seeds, double ours, int referenceSeeds,
            double reference, double tolerance, int identical) {
        /** Our mean minus the reference's, points. */
        public double difference() {
            return ours - reference;
        }

        /** In words, for a list of what is not reproduced. */
        public String describe() {
            return String.format(Locale.ROOT, "%s, %s, %s: %.2f, reference %.2f, tolerance %.2f", study,
                    MethodNames.display(method), metric, ours, reference, tolerance);
        }

        /** Whether the rule holds. */
        public boolean reproduced() {
            return Math.abs(difference()) <= tolerance;
        }
    }

    /** Of every study that has both own and committed matrices. */
    public static Comparison of(ResultFolders folders) {
        List<Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<String> committed = StudyRuns.studies(folders.reference());
        for (String study : StudyRuns.studies(folders.runs()).stream().filter(committed::contains).toList()) {
            try {
                compare(Side.read(folders.runs(), study), Side.read(folders.reference(), study), rows, notes);
            } catch (InputException e) {
                notes.add(e.getMessage()); // no run is finished, or a matrix is broken: the other studies still compare
            }
        }
        if (committed.isEmpty()) {
            notes.add("there is no committed reference in " + folders.reference());
        }
        return new Comparison(rows, notes);
    }

    /**
     * The runs of one side.
     *
     * @param grown the same ones of a class-incremental study; else null
     */
    private record Side(StudyRuns runs, IncrementalRuns grown) {
        static Side read(Path root, String study) {
            Path folder = root.resolve(study);
            return new Side(StudyRuns.read(folder, study),
                    IncrementalRuns.studies(root).contains(study) ? IncrementalRuns.read(folder, study) : null);
        }

        /** The values of a method over seeds, by metric. */
        Map<String, double[]> values(String method) {
            Map<String, double[]> values = new LinkedHashMap<>();
            if (grown == null) {
                Arrays.stream(Metric.values()).forEach(metric -> values.put(metric.id(),
                        runs.of(method).stream().mapToDouble(run -> metric.of(run.metrics())).toArray()));
            } else {
                List.of(IncrementalMetric.AVG, IncrementalMetric.LAST).forEach(metric -> values.put(metric.id(),
                        grown.of(method).stream().mapToDouble(run -> metric.of(run.metrics())).toArray()));
            }
            return values;
        }
    }

    private static void compare(Side ours, Side theirs, List<Row> rows, List<String> notes) {
        StudyRuns own = ours.runs;
        StudyRuns reference = theirs.runs;
        notes.addAll(own.notes());
        if (!own.tasks().equals(reference.tasks())) {
            notes.add("not compared: " + own.name() + " runs over " + own.tasks() + ", its reference over " + reference.tasks());
            return;
        }
        for (String method : own.methods()) {
            List<Run> committed = reference.of(method);
            if (committed.isEmpty()) {
                notes.add("no reference for " + method + " of " + own.name());
                continue;
            }
            int n = own.of(method).size();
            int identical = (int) own.of(method).stream().filter(run -> isIn(committed, run)).count();
            Map<String, double[]> mine = ours.values(method);
            theirs.values(method).forEach((metric, values) -> {
                if (!Double.isNaN(values[0])) {
                    rows.add(new Row(own.name(), method, metric, n, mean(mine.get(metric)), committed.size(), mean(values),
                            tolerance(values, n), identical));
                }
            });
        }
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** How far a mean over {@code n} seeds may be from that of the reference's values. */
    static double tolerance(double[] reference, int n) {
        if (reference.length < 2) {
            return LEAST;
        }
        double mean = mean(reference);
        double squares = Arrays.stream(reference).map(v -> (v - mean) * (v - mean)).sum();
        double s = Math.sqrt(squares / (reference.length - 1));
        return Math.max(LEAST, 2 * s * Math.sqrt(1.0 / n + 1.0 / reference.length));
    }

    private static boolean isIn(List<Run> reference, Run run) {
        Optional<Run> same = reference.stream().filter(r -> r.seed() == run.seed()).findFirst();
        return same.isPresent() && equal(same.get().matrix(), run.matrix());
    }

    private static boolean equal(AccuracyMatrix a, AccuracyMatrix b) {
        int n = a.tasks().size();
        boolean equal = Arrays.equals(a.before().orElse(new double[0]), b.before().orElse(new double[0]));
        for (int j = 0; equal && j < n; j++) {
            for (int i = 0; equal && i < n; i++) {
                equal = a.get(j, i) == b.get(j, i);
            }
        }
        return equal;
    }

    /** That of some studies only. */
    public Comparison only(List<String> studies) {
        return new Comparison(rows.stream().filter(row -> studies.contains(row.study)).toList(), notes);
    }

    /** How many numbers are reproduced. */
    public long reproduced() {
        return rows.stream().filter(Row::reproduced).count();
    }

    /** "34 of 36 numbers reproduced ...", or why there is nothing to say. */
    public String summary() {
        if (rows.isEmpty()) {
            return "nothing to compare with the committed reference" + (notes.isEmpty() ? "" : ": " + notes.get(0));
        }
        List<Row> once = rows.stream().filter(row -> row.metric.equals(Metric.LAST.id())).toList();
        return reproduced() + " of " + rows.size() + " numbers of the committed reference reproduced; "
                + once.stream().mapToInt(Row::identical).sum() + " of " + once.stream().mapToInt(Row::seeds).sum()
                + " matrices bit-identical to those of the same seed";
    }

    /** The rows as a table. */
    public ResultTable table() {
        ResultTable.Builder table = new ResultTable.Builder(TABLE).text("study", "method", "metric").whole("seeds")
                .numbers(List.of("ours")).whole("reference_seeds").numbers(List.of("reference", "tolerance", "difference"))
                .text("verdict").whole("identical");
        rows.forEach(row -> table.row(row.study, row.method, row.metric, row.seeds, row.ours, row.referenceSeeds,
                row.reference, row.tolerance, row.difference(), row.reproduced() ? "reproduced" : "not reproduced",
                row.identical));
        List<String> all = new ArrayList<>(notes);
        all.add("reproduced: the means differ by at most the larger of " + LEAST + " points and two standard errors of their"
                + " difference; identical: matrices equal in every cell to that of the same seed");
        return table.build("own runs beside the committed reference", 2, all);
    }
}
