package gift.cli;

import gift.recognition.RecognitionStudy;
import gift.recognition.RecognitionStudy.Mean;
import gift.recognition.RecognitionStudy.Run;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a recognition study. */
@Command(name = "recognition", description = "Classifiers tuned on generated images, with and without real ones, beside baselines"
        + " (He et al. 2023); goes on where it was stopped.")
final class RecognitionCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.json", description = "settings; see data/README.md")
    private Path file;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the file's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results/runs",
            description = "folder of all runs (default ${DEFAULT-VALUE})")
    private Path results;

    @Option(names = "--for-validation", description = "evaluate on validation images in place of the test images, to choose"
            + " settings by")
    private boolean forValidation;

    @Mixin
    private SetOption set;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        RecognitionStudy study = new RecognitionStudy(Installation.find(file), results, data, forValidation, set.get());
        PrintWriter out = spec.commandLine().getOut();
        List<Run> runs = study.run(run -> {
            out.printf(Locale.ROOT, "%-12s %-20s %2d shots, seed %d: %5.2f %%%n", run.task(), run.method(), run.shots(), run.seed(),
                    run.accuracy());
            out.flush();
        });
        out.printf(Locale.ROOT, "%nmean over %d tasks, 95 %% interval over %d seeds%n", study.config().tasks().size(),
                study.config().seeds().size());
        for (Mean mean : RecognitionStudy.means(runs)) {
            String interval = mean.accuracy().exists()
                    ? String.format(Locale.ROOT, "  %5.2f to %5.2f", mean.accuracy().low(), mean.accuracy().high()) : "";
            out.printf(Locale.ROOT, "%-20s %2d shots  %5.2f %%%s%n", mean.method(), mean.shots(), mean.accuracy().mean(), interval);
        }
        out.println("results.csv and summary.csv in " + study.folder());
        out.flush();
        return 0;
    }
}
