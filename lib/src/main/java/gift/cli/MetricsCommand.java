package gift.cli;

import gift.eval.AccuracyMatrix;
import gift.eval.ContinuumMetrics;
import gift.eval.ContinuumMetrics.Release;
import gift.eval.ForeignMatrix;
import gift.eval.IncrementalLog;
import gift.eval.IncrementalMatrix;
import gift.eval.IncrementalMetrics;
import gift.eval.Metrics;
import gift.io.InputException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the metrics of accuracy matrices. */
@Command(name = "metrics", description = "Transfer, Avg, Last and backward transfer (BWT) of accuracy matrices; of class-incremental"
        + " runs Avg, Last, forgetting, BWT and FWT")
public final class MetricsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "accuracy matrix, one row per trained task: of a run, or what"
            + " the published code leaves (its .csv, .npy, or a log with its accuracies; of class-incremental runs metrics.json)")
    private List<Path> files;

    @Option(names = "--tasks", paramLabel = "NAME", split = ",", description = "names of the tasks in the order of training, for"
            + " files that name none")
    private List<String> tasks = List.of();

    @Option(names = "--log", paramLabel = "FILE", description = "write the log metrics.json that the published class-incremental code"
            + " (with continuum 1.2.4 to 1.2.7) would leave of a run, from its matrix.csv")
    private Path log;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (log != null) {
            InputException.require(files.size() == 1, "--log " + log + " is of one run: give one matrix.csv");
            Path file = files.get(0);
            InputException.require(Files.isRegularFile(file) && IncrementalMatrix.isOne(file), file + " is no matrix.csv of a"
                    + " class-incremental run, with seen.csv beside it");
            IncrementalLog.of(IncrementalMatrix.read(file), Release.V1_2_4).write(log);
        }
        for (Path file : files) {
            out.println(report(file, tasks));
        }
        out.flush();
        return 0;
    }

    /** The metrics of one file as text: the four means, then one aligned row per metric with a column per task. */
    static String report(Path file, List<String> tasks) {
        if (Files.isRegularFile(file) && (IncrementalLog.isOne(file) || IncrementalMatrix.isOne(file))) {
            return incremental(file);
        }
        AccuracyMatrix matrix = ForeignMatrix.read(file, tasks);
        Metrics metrics;
        try {
            metrics = Metrics.of(matrix);
        } catch (InputException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        }
        StringBuilder text = new StringBuilder(file + "\n");
        text.append("Transfer ").append(number(metrics.transfer()));
        text.append("  Avg ").append(number(metrics.avg()));
        text.append("  Last ").append(number(metrics.last()));
        text.append("  BWT ").append(number(metrics.backwardTransfer())).append("\n\n");
        row(text, "", metrics.tasks(), metrics.tasks());
        row(text, "Transfer", metrics.tasks(), numbers(metrics.transferPerTask()));
        row(text, "Avg", metrics.tasks(), numbers(metrics.avgPerTask()));
        row(text, "Last", metrics.tasks(), numbers(metrics.lastPerTask()));
        return text.toString();
    }

    /** The metrics of a class-incremental run, those of the published code beside them, then a column per step. */
    private static String incremental(Path file) {
        IncrementalLog log = IncrementalLog.isOne(file) ? IncrementalLog.read(file) : null;
        IncrementalMatrix matrix = log == null ? IncrementalMatrix.read(file) : log.matrix();
        if (!matrix.isComplete() || log != null && log.last() == null) {
            throw new InputException(file + ": the run is not finished: " + matrix.rows() + " steps are there"
                    + (log == null ? " of " + matrix.steps() : ", and no line with last and avg"));
        }
        IncrementalMetrics metrics = IncrementalMetrics.of(matrix);
        StringBuilder text = new StringBuilder(file + "\n");
        text.append("Last ").append(number(metrics.last())).append("  Avg ").append(number(metrics.avg()));
        text.append("  Forgetting ").append(number(metrics.forgetting())).append("  BWT ").append(number(metrics.backwardTransfer()));
        text.append("  FWT ").append(number(metrics.forwardTransfer())).append('\n');
        for (Release release : Release.values()) {
            text.append(release == Release.V1_2_0 ? "as the published code with continuum up to 1.2.3: " : "with 1.2.4 to 1.2.7: ");
            text.append("forgetting ").append(number(ContinuumMetrics.forgetting(matrix, release)));
            text.append("  bwt ").append(number(ContinuumMetrics.backwardTransfer(matrix, release)));
            text.append("  fwt ").append(number(ContinuumMetrics.forwardTransfer(matrix)));
            boolean own = log != null && log.release().filter(release::equals).isPresent();
            text.append(own ? "  (this log's)\n" : "\n");
        }
        List<String> steps = IntStream.rangeClosed(1, matrix.steps()).mapToObj(Integer::toString).toList();
        text.append('\n');
        row(text, "step", steps, steps);
        if (!matrix.classes().isEmpty()) {
            row(text, "classes", steps, Arrays.stream(matrix.classesSeen()).mapToObj(n -> Integer.toString((int) n)).toList());
        }
        row(text, "accuracy", steps, numbers(metrics.accuracy()));
        return text.toString();
    }

    private static void row(StringBuilder text, String name, List<String> tasks, List<String> cells) {
        text.append(String.format(Locale.ROOT, "%-8s", name));
        for (int i = 0; i < cells.size(); i++) {
            int width = Math.max(8, tasks.get(i).length());
            text.append("  ").append(" ".repeat(width - cells.get(i).length())).append(cells.get(i));
        }
        text.append('\n');
    }

    private static List<String> numbers(List<Double> values) {
        return values.stream().map(MetricsCommand::number).toList();
    }

    /** Four decimals; {@code -} where a metric is not defined. */
    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }
}
