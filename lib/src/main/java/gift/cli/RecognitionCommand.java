package gift.cli;

import gift.recognition.RecognitionStudy;
import gift.recognition.RecognitionStudy.Run;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs a recognition study. */
@Command(name = "recognition", description = "Classifiers tuned on generated images, with and without real ones, beside baselines"
        + " (He et al. 2023); goes on where it was stopped.")
final class RecognitionCommand implements Callable<Integer> {
    @Mixin
    private FewShotOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        RecognitionStudy study = new RecognitionStudy(
                options.file(), options.results(), options.data, options.forValidation, options.overrides());
        PrintWriter out = spec.commandLine().getOut();
        List<Run> runs = study.run(options.tasks, run -> FewShotOptions.print(run, out));
        if (options.tasks.isEmpty()) {
            FewShotOptions.printMeans(
                    runs, study.config().tasks().size(), study.config().seeds().size() + " seeds", study.folder(), out);
        }
        out.flush();
        return 0;
    }
}
