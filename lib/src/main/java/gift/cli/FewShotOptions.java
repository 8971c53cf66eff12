package gift.cli;

import gift.eval.FewShotRun;
import gift.eval.Interval;
import gift.io.InputException;
import gift.io.Overrides;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
    private List<String> tasks = List.of();

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

    /** Refuses what a dry run would not look at: these options, and some of the command's own. */
    static void refuseWithDry(CommandSpec spec, String... own) {
        Stream.concat(Stream.of("--data", "--set", "--task", "--for-validation"), Stream.of(own))
                .filter(spec.commandLine().getParseResult()::hasMatchedOption).findFirst().ifPresent(other -> {
                    throw new InputException("--dry makes models and data of its own and runs the whole file: leave out " + other);
                });
    }

    /**
     * Runs a study, printing every run and, unless it works on some tasks alone, the means.
     *
     * @param study makes the runs of some tasks, or of all, and tells of each
     * @param tasks how many the study has
     * @param over what the intervals are over, such as "3 seeds"
     * @param folder of the results
     * @return the exit code
     */
    <M, R extends FewShotRun<M>> int run(BiFunction<List<String>, Consumer<R>, List<R>> study, int tasks, String over,
            Path folder, CommandSpec spec) {
        PrintWriter out = spec.commandLine().getOut();
        List<R> runs = study.apply(this.tasks, run -> print(run, out));
        if (this.tasks.isEmpty()) {
            printMeans(runs, tasks, over, folder, out);
        }
        out.flush();
        return 0;
    }

    private static void print(FewShotRun<?> run, PrintWriter out) {
        out.printf(Locale.ROOT, "%-12s %-20s %2d shots, seed %d: %5.2f %%%n", run.task(), run.method(), run.shots(), run.seed(),
                run.accuracy());
        out.flush();
    }

    private static <M> void printMeans(
            List<? extends FewShotRun<M>> runs, int tasks, String over, Path folder, PrintWriter out) {
        out.printf(Locale.ROOT, "%nmean over %d tasks, 95 %% interval over %s%n", tasks, over);
        for (FewShotRun.Mean<M> mean : FewShotRun.means(runs)) {
            Interval accuracy = mean.accuracy();
            String interval = accuracy.exists() ? String.format(Locale.ROOT, "  %5.2f to %5.2f", accuracy.low(), accuracy.high()) : "";
            out.printf(Locale.ROOT, "%-20s %2d shots  %5.2f %%%s%n", mean.method(), mean.shots(), accuracy.mean(), interval);
        }
        out.println("results.csv and summary.csv in " + folder);
    }
}
