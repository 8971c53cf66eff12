package gift.cli;

import gift.doctor.Doctor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether a study can be run: 0 if it can, 1 if not. */
@Command(name = "doctor", description = "Say before a study runs what is there, what is missing, and how long it will take.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private StudyOptions study;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results/runs",
            description = "folder of all runs (default ${DEFAULT-VALUE})")
    private Path results;

    @Option(names = "--catalog", paramLabel = "FILE", defaultValue = "data/catalog.json",
            description = "what was published (default ${DEFAULT-VALUE})")
    private Path catalog;

    @Option(names = "--task", paramLabel = "NAME", description = "look at this data set alone; may be repeated")
    private List<String> tasks = List.of();

    @Option(names = "--quick", description = "decode a sample of the images, compute no checksums")
    private boolean quick;

    @Option(names = "--parts", description = "data sets may be parts of the published ones")
    private boolean parts;

    @Option(names = "--workers", paramLabel = "N", description = "decode with so many threads (default: one a processor)")
    private int workers = Runtime.getRuntime().availableProcessors();

    @Option(names = "--no-estimate", description = "leave out the estimate of the time")
    private boolean noEstimate;

    @Option(names = "--json", description = "the report as JSON")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Doctor.Options options = new Doctor.Options(tasks, results, Installation.find(catalog), quick, parts, !noEstimate, Math.max(1, workers));
        return Doctor.look(study.file, study.get(), options, json, Gift.lines(spec)) ? 0 : 1;
    }
}
