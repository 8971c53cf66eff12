package gift.cli;

import gift.dry.DryRecognition;
import gift.dry.DryScale;
import gift.recognition.RecognitionStudy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a recognition study. */
@Command(name = "recognition", description = "Classifiers tuned on generated images, with and without real ones, beside baselines"
        + " (He et al. 2023); goes on where it was stopped.")
final class RecognitionCommand implements Callable<Integer> {
    @Mixin
    private FewShotOptions options;

    @Option(names = "--dry", description = "the whole chain on painted images, with random weights of full size and a few updates,"
            + " in results/dry_recognition or --results")
    private boolean dry;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (dry) {
            FewShotOptions.refuseWithDry(spec);
            new DryRecognition(options.file(), options.resultsOr("results/dry_recognition"), DryScale.FULL, null, Gift.lines(spec))
                    .run();
            return 0;
        }
        RecognitionStudy study = new RecognitionStudy(
                options.file(), options.results(), options.data, options.forValidation, options.overrides());
        return options.run(study::run, study.config().tasks().size(), study.config().seeds().size() + " seeds", study.folder(),
                spec);
    }
}
