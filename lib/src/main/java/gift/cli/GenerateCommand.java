package gift.cli;

import gift.generate.Generation;
import gift.generate.GenerationPart;
import gift.io.InputException;
import gift.job.GenerationJob;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @Option(names = "--part", paramLabel = "K/N", description = "make every Nth batch, from the Kth: one of N processes that make"
            + " the whole, each batch once; the last of them to end writes the tables")
    private String part;

    @Option(names = "--devices", paramLabel = "NAME", split = ",", description = "a process on each of these devices: gpu0,gpu1")
    private List<String> devices = List.of();

    @Option(names = "--processes", paramLabel = "N", description = "so many processes (default: one, with --devices one on each)")
    private Integer processes;

    @Mixin
    private SetOption set;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Generation generation = new Generation(file, device, data, set.get());
        if ((part != null || processes != null || !devices.isEmpty()) && (from != 0 || to != null)
                || part != null && (processes != null || !devices.isEmpty())) {
            throw new InputException("--from and --to, --part, and --devices with --processes are three ways to share the work:"
                    + " give one");
        }
        if (part != null) {
            GenerationPart.of(part).make(generation);
        } else if (processes != null || !devices.isEmpty()) {
            new GenerationJob(generation, options()).run(Gift.class.getName(), processes == null ? devices.size() : processes,
                    devices, Gift.lines(spec));
        } else {
            generation.run(from, to == null ? generation.total() : to);
        }
        out.println(generation.summary());
        out.flush();
        return 0;
    }

    /** What is said besides the plan, for the processes that this one starts. */
    private List<String> options() {
        List<String> options = new ArrayList<>();
        if (data != null) {
            options.addAll(List.of("--data", data.toString()));
        }
        if (device != null && devices.isEmpty()) {
            options.addAll(List.of("--device", device));
        }
        set.get().settings().forEach(setting -> options.addAll(List.of("--set", setting)));
        return options;
    }
}
