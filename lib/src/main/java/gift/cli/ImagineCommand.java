package gift.cli;

import gift.dry.DryImagine;
import gift.dry.DryScale;
import gift.imagine.ImagineStudy;
import gift.imagine.ImagineStudy.Run;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a study of ImagineFSL. */
@Command(name = "imagine", description = "An adapter pretrained on imagined images, then tuned on a few real ones, beside"
        + " baselines (ImagineFSL, Yang et al. 2025); goes on where it was stopped.")
final class ImagineCommand implements Callable<Integer> {
    @Mixin
    private FewShotOptions options;

    @Option(names = "--eval-only", description = "evaluate the weights of finished runs and train nothing; tables are"
            + " given_results.csv and given_summary.csv")
    private boolean evalOnly;

    @Option(names = "--weights", paramLabel = "DIR", description = "with --eval-only, weights of this folder,"
            + " <task>/<method>/<n>_shots/<seed>/model.safetensors, in place of the study's own")
    private Path weights;

    @Option(names = "--dry", description = "the whole chain on painted images, with random weights of full size and a few updates,"
            + " in results/dry_imagine or --results")
    private boolean dry;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (dry) {
            FewShotOptions.refuseWithDry(spec, "--eval-only", "--weights");
            new DryImagine(options.file(), options.resultsOr("results/dry_imagine"), DryScale.FULL, null, Gift.lines(spec)).run();
            return 0;
        }
        ImagineStudy study = new ImagineStudy(options.file(), options.results(), options.data, options.forValidation,
                options.overrides(), Gift.lines(spec));
        BiFunction<List<String>, Consumer<Run>, List<Run>> work = evalOnly || weights != null
                ? (tasks, each) -> study.evaluate(weights, tasks, each) : study::run;
        return options.run(work, study.config().tasks().size(), study.config().seeds().size() + " draws of shots", study.folder(),
                spec);
    }
}
