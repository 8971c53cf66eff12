package gift.cli;

import gift.eval.AccuracyMatrix;
import gift.eval.ForeignMatrix;
import gift.eval.Metrics;
import gift.io.InputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the metrics of accuracy matrices. */
@Command(name = "metrics", description = "Transfer, Avg, Last and backward transfer (BWT) of accuracy matrices")
public final class MetricsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "accuracy matrix, one row per trained task: of a run, or what"
            + " the published code leaves (its .csv, .npy, or a log with its accuracies)")
    private List<Path> files;

    @Option(names = "--tasks", paramLabel = "NAME", split = ",", description = "names of the tasks in the order of training, for"
            + " files that name none")
    private List<String> tasks = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (Path file : files) {
            out.println(report(file, tasks));
        }
        out.flush();
        return 0;
    }

    /** The metrics of one file as text: the four means, then one aligned row per metric with a column per task. */
    static String report(Path file, List<String> tasks) {
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
