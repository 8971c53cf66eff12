package gift.cli;

import gift.dry.DryRun;
import gift.dry.DryScale;
import gift.eval.Metrics;
import gift.incremental.SeenAccuracy;
import gift.io.InputException;
import gift.results.StudyRuns;
import gift.study.Study;
import gift.study.StudyFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a study: a line for each run, then a table of the methods. */
@Command(name = "run", description = "Run a study; goes on where it was stopped.")
final class RunCommand implements Callable<Integer> {
    @Mixin
    private StudyOptions study;

    @Option(names = "--results", paramLabel = "DIR",
            description = "folder of all runs (default results/runs, with --dry results/dry)")
    private Path results;

    @Option(names = "--restart", description = "forget earlier runs (of the chosen methods and seeds)")
    private boolean restart;

    @Option(names = "--explain", description = "print what the settings were understood as, and stop")
    private boolean explain;

    @Option(names = "--dry", description = "the whole chain on painted images, with random weights of full size and a few"
            + " updates a task, by GIFT unless --method says otherwise; of order I together with order II beside it")
    private boolean dry;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (explain) {
            out.print(StudyFile.explain(study.file, study.get()));
            out.flush();
            return 0;
        }
        if (dry) {
            return dry();
        }
        Map<String, List<Metrics>> byMethod = new LinkedHashMap<>();
        Map<String, List<List<SeenAccuracy>>> grown = new LinkedHashMap<>(); // of class-incremental runs
        Path folder = results == null ? Path.of("results/runs") : results;
        new Study(study.file, folder, study.get()).run(restart, result -> {
            Metrics metrics = StudyRuns.metrics(result.method(), result.matrix(), result.folder());
            byMethod.computeIfAbsent(result.method(), name -> new ArrayList<>()).add(metrics);
            if (!result.seen().isEmpty()) {
                grown.computeIfAbsent(result.method(), name -> new ArrayList<>()).add(result.seen());
            }
            out.println(result.line() + (result.earlier() ? ", finished before; " : "; ") + result.folder());
            out.flush();
        });
        int width = byMethod.keySet().stream().mapToInt(String::length).max().orElse(0);
        String head = "%n%-" + Math.max(width, 6) + "s %5s";
        if (!grown.isEmpty()) {
            out.printf(Locale.ROOT, head + " %15s %15s", "method", "seeds", "Avg", "Last");
            grown.forEach((method, runs) -> out.printf(Locale.ROOT, head + " %15s %15s", method, runs.size(),
                    mean(runs, SeenAccuracy::average), mean(runs, SeenAccuracy::last)));
            out.println();
            out.flush();
            return 0;
        }
        out.printf(Locale.ROOT, head + " %15s %15s %15s %15s", "method", "seeds", "Transfer", "Avg", "Last", "BWT");
        byMethod.forEach((method, runs) -> out.printf(Locale.ROOT, head + " %15s %15s %15s %15s", method, runs.size(),
                mean(runs, Metrics::transfer), mean(runs, Metrics::avg), mean(runs, Metrics::last),
                mean(runs, Metrics::backwardTransfer)));
        out.println();
        out.flush();
        return 0;
    }

    private int dry() {
        StudyFile.Options said = study.get();
        if (said.cache() != null || said.model() != null || said.reference() != null || !said.seeds().isEmpty()
                || !said.set().isEmpty()) {
            throw new InputException("--dry makes model, reference pairs and data of its own and takes one seed: leave out"
                    + " --cache, --model, --reference, --seed and --set");
        }
        Path folder = results == null ? Path.of("results/dry") : results;
        new DryRun(DryRun.orders(study.file), folder, Installation.find(Path.of("results/published")), DryScale.FULL, said.methods(), said.device(),
                Gift.lines(spec)).run(restart);
        return 0;
    }

    /** "71.20", or with the standard deviation over several seeds "71.20 +- 0.31". */
    private static <T> String mean(List<T> runs, ToDoubleFunction<T> metric) {
        double mean = runs.stream().mapToDouble(metric).average().orElse(Double.NaN);
        if (Double.isNaN(mean)) {
            return "-";
        }
        double squares = runs.stream().mapToDouble(metric).map(value -> (value - mean) * (value - mean)).sum();
        return runs.size() == 1 ? String.format(Locale.ROOT, "%.2f", mean)
                : String.format(Locale.ROOT, "%.2f +- %.2f", mean, Math.sqrt(squares / (runs.size() - 1)));
    }
}
