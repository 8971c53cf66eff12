package gift.cli;

import gift.data.Csv;
import gift.eval.AccuracyMatrix;
import gift.eval.Metrics;
import gift.study.Study;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a study and prints its matrices and metrics. */
@Command(name = "run", description = "Run a study; goes on where it was stopped.")
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "STUDY.json", description = "settings; see data/README.md")
    private Path file;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the study's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results/runs",
            description = "folder of all runs (default ${DEFAULT-VALUE})")
    private Path results;

    @Option(names = "--device", description = "auto, cpu, gpu0, ..., instead of the study's")
    private String device;

    @Option(names = "--restart", description = "forget earlier runs of this study")
    private boolean restart;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Study.Result> all = new ArrayList<>();
        new Study(file, data, results, device).run(restart, result -> {
            all.add(result);
            print(result, out);
        });
        out.printf("%n%-12s %6s %9s %9s %9s %9s%n", "method", "seed", "Transfer", "Avg", "Last", "Forget");
        for (Study.Result result : all) {
            Metrics m = Metrics.of(result.matrix());
            out.printf(Locale.ROOT, "%-12s %6d %9.2f %9.2f %9.2f %9.2f%n", result.method(), result.seed(), m.transfer(),
                    m.avg(), m.last(), m.forget());
        }
        out.flush();
        return 0;
    }

    private static void print(Study.Result result, PrintWriter out) {
        AccuracyMatrix matrix = result.matrix();
        out.printf("%n%s, seed %d: accuracy in %%, a row after each task (%s)%n%-16s", result.method(), result.seed(),
                result.folder(), "");
        matrix.tasks().forEach(task -> out.printf(" %12s", task));
        matrix.before().ifPresent(values -> row(out, "before_training", values));
        for (int j = 0; j < matrix.rows(); j++) {
            double[] values = new double[matrix.tasks().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = matrix.get(j, i);
            }
            row(out, matrix.tasks().get(j), values);
        }
        out.println();
        watched(result, out);
        out.flush();
    }

    /** The accuracies on data sets that were never learnt, as the run left them. */
    private static void watched(Study.Result result, PrintWriter out) {
        Path file = result.folder().resolve("watched.csv");
        if (!Files.exists(file)) {
            return;
        }
        out.printf("%nthe same on data sets that are only watched");
        for (List<String> row : Csv.read(file)) {
            out.printf("%n%-16s", row.get(0).replace("after_training_on", ""));
            row.subList(1, row.size()).forEach(cell -> out.printf(" %12s", cell.replaceFirst("(\\.\\d\\d)\\d*$", "$1")));
        }
        out.println();
    }

    private static void row(PrintWriter out, String name, double[] values) {
        out.printf("%n%-16s", name);
        for (double value : values) {
            out.printf(Locale.ROOT, " %12.2f", value);
        }
    }
}
