package gift.cli;

import gift.generate.ClassPlan;
import gift.generate.Generation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fills a folder of images for every class. */
@Command(name = "class-images", description = "Generate images of classes from sentences, a folder for each class; goes on where"
        + " it was stopped. Leaves a plan, which gift generate takes too.")
final class ClassImagesCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLAN.json", description = "settings; see data/README.md")
    private Path file;

    @Option(names = "--from", paramLabel = "N", defaultValue = "0",
            description = "first image of this process's part, counted through all classes (default ${DEFAULT-VALUE})")
    private int from;

    @Option(names = "--to", paramLabel = "N", description = "the image after the last of this part (default: all)")
    private Integer to;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of all data, below which the model may lie (or by GIFT_DATA)")
    private Path data;

    @Mixin
    private SetOption set;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Generation generation = new Generation(ClassPlan.write(file, data, set.get()), null);
        int left = generation.run(from, to == null ? generation.total() : to);
        PrintWriter out = spec.commandLine().getOut();
        out.println((left == 0 ? "all " + generation.total() + " images are in "
                : left + " of " + generation.total() + " images are still to be made in ") + generation.output());
        out.flush();
        return 0;
    }
}
