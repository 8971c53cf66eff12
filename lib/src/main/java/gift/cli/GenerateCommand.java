package gift.cli;

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

/** Fills the folders of a synthetic data set. */
@Command(name = "generate", description = "Generate the synthetic images of a plan; goes on where it was stopped.")
final class GenerateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLAN.json", description = "settings; see data/README.md")
    private Path file;

    @Option(names = "--from", paramLabel = "N", defaultValue = "0",
            description = "first image of this process's part, counted through all tasks (default ${DEFAULT-VALUE})")
    private int from;

    @Option(names = "--to", paramLabel = "N", description = "the image after the last of this part (default: all)")
    private Integer to;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of all data, below which the plan's model may lie (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--device", description = "auto, cpu, gpu0, ..., instead of the plan's")
    private String device;

    @Mixin
    private SetOption set;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Generation generation = new Generation(file, device, data, set.get());
        int left = generation.run(from, to == null ? generation.total() : to);
        PrintWriter out = spec.commandLine().getOut();
        out.println((left == 0 ? "all " + generation.total() + " images are in "
                : left + " of " + generation.total() + " images are still to be made in ") + generation.output());
        out.flush();
        return 0;
    }
}
