package gift.cli;

import gift.generate.GenerationPart;
import gift.job.Worker;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One process of {@code gift study}, which starts it and reads which runs it begins. */
@Command(name = "study-worker", hidden = true, description = "One process of gift study.")
final class WorkerCommand implements Callable<Integer> {
    @Mixin
    private JobOptions job;

    @Option(names = "--skip", paramLabel = "ID", description = "leave out this run; may be repeated")
    private List<String> skip = List.of();

    @Option(names = "--part", paramLabel = "K/N", description = "first draw this part of the images that are missing")
    private String part;

    @Option(names = "--device", description = "auto, cpu, gpu0, ..., instead of the studies'")
    private String device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Worker.work(job.runs(job.job()).stream().filter(run -> !skip.contains(run.id())).toList(), job.folders().runs(),
                part == null ? null : GenerationPart.of(part), device, Gift.lines(spec));
        return 0;
    }
}
