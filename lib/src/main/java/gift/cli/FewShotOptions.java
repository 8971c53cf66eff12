package gift.cli;

import gift.eval.FewShotRun;
import gift.eval.Interval;
import gift.io.Overrides;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A study over numbers of real images a class: its file, what is said besides it, and how its results are printed. */
final class FewShotOptions {
    private static final String RUNS = "results/runs";

    @Parameters(paramLabel = "FILE.json", description = "settings; see data/README.md")
    private Path file;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the file's (or by GIFT_DATA)")
    Path data;

    @Option(names = "--results", paramLabel = "DIR", description = "folder of all runs (default " + RUNS + ")")
    private Path results;

    @Option(names = "--for-validation", description = "evaluate on validation images in place of the test images, to choose"
            + " settings by")
    boolean forValidation;

    @Option(names = "--task", paramLabel = "NAME", description = "work on this task alone, as one of several processes; may be"
            + " repeated. The tables are written by a call without it")
    List<String> tasks = List.of();

    @Mixin
    private SetOption set;

    Path file() {
        return Installation.find(file);
    }

    /** The folder of all runs. */
    Path results() {
        return resultsOr(RUNS);
    }

    Path resultsOr(String usual) {
        return results == null ? Path.of(usual) : results;
    }

    Overrides overrides() {
        return set.get();
    }

    static void print(FewShotRun<?> run, PrintWriter out) {
        out.printf(Locale.ROOT, "%-12s %-20s %2d shots, seed %d: %5.2f %%%n", run.task(), run.method(), run.shots(), run.seed(),
                run.accuracy());
        out.flush();
    }

    /**
     * Prints the means over tasks, and where the tables are.
     *
     * @param over what the intervals are over, such as "3 seeds"
     * @param folder of the results
     */
    static <M> void printMeans(List<? extends FewShotRun<M>> runs, int tasks, String over, Path folder, PrintWriter out) {
        out.printf(Locale.ROOT, "%nmean over %d tasks, 95 %% interval over %s%n", tasks, over);
        for (FewShotRun.Mean<M> mean : FewShotRun.means(runs)) {
            Interval accuracy = mean.accuracy();
            String interval = accuracy.exists() ? String.format(Locale.ROOT, "  %5.2f to %5.2f", accuracy.low(), accuracy.high()) : "";
            out.printf(Locale.ROOT, "%-20s %2d shots  %5.2f %%%s%n", mean.method(), mean.shots(), accuracy.mean(), interval);
        }
        out.println("results.csv and summary.csv in " + folder);
    }
}
