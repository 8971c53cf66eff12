package gift.cli;

import gift.transfer.TransferStudy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs a transfer study. */
@Command(name = "transfer", description = "Towers pretrained on generated or real images, or not at all, then tuned on real"
        + " images of a task (He et al. 2023, tables 8, 9, 11); goes on where it was stopped.")
final class TransferCommand implements Callable<Integer> {
    @Mixin
    private FewShotOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        TransferStudy study = new TransferStudy(options.file(), options.results(), options.data, options.forValidation,
                options.overrides(), Gift.lines(spec));
        return options.run(study::run, study.config().tasks().size(), study.config().seeds().size() + " seeds", study.folder(),
                spec);
    }
}
