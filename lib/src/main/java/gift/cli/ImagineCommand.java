package gift.cli;

import gift.imagine.ImagineStudy;
import gift.imagine.ImagineStudy.Mean;
import gift.imagine.ImagineStudy.Run;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a study of ImagineFSL. */
@Command(name = "imagine", description = "An adapter pretrained on imagined images, then tuned on a few real ones, beside"
        + " baselines (ImagineFSL, Yang et al. 2025); goes on where it was stopped.")
final class ImagineCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.json", description = "settings; see data/README.md")
    private Path file;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the file's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results/runs",
            description = "folder of all runs (default ${DEFAULT-VALUE})")
    private Path results;

    @Option(names = "--task", paramLabel = "NAME", description = "work on this task alone, as one of several processes; may be"
            + " repeated. The tables are written by a call without it")
    private List<String> tasks = List.of();

    @Option(names = "--eval-only", description = "evaluate the weights of finished runs and train nothing; tables are"
            + " given_results.csv and given_summary.csv")
    private boolean evalOnly;

    @Option(names = "--weights", paramLabel = "DIR", description = "with --eval-only, weights of this folder,"
            + " <task>/<method>/<n>_shots/<seed>/model.safetensors, in place of the study's own")
    private Path weights;

    @Option(names = "--for-validation", description = "evaluate on validation images in place of the test images, to choose"
            + " settings by")
    private boolean forValidation;

    @Mixin
    private SetOption set;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ImagineStudy study = new ImagineStudy(
                Installation.find(file), results, data, forValidation, set.get(), Gift.lines(spec));
        PrintWriter out = spec.commandLine().getOut();
        Consumer<Run> each = run -> {
            out.printf(Locale.ROOT, "%-12s %-20s %2d shots, seed %d: %5.2f %%%n", run.task(), run.method(), run.shots(), run.seed(),
                    run.accuracy());
            out.flush();
        };
        List<Run> runs = evalOnly || weights != null ? study.evaluate(weights, tasks, each) : study.run(tasks, each);
        if (tasks.isEmpty()) {
            out.printf(Locale.ROOT, "%nmean over %d tasks, 95 %% interval over %d draws of shots%n",
                    study.config().tasks().size(), study.config().seeds().size());
            for (Mean mean : ImagineStudy.means(runs)) {
                String interval = mean.accuracy().exists()
                        ? String.format(Locale.ROOT, "  %5.2f to %5.2f", mean.accuracy().low(), mean.accuracy().high()) : "";
                out.printf(Locale.ROOT, "%-20s %2d shots  %5.2f %%%s%n", mean.method(), mean.shots(), mean.accuracy().mean(),
                        interval);
            }
            out.println("results.csv and summary.csv in " + study.folder());
        }
        out.flush();
        return 0;
    }
}
