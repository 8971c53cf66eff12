package gift.cli;

import gift.study.Study;
import gift.study.doctor.Doctor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether a study can be run: 0 if it can, 1 if not. */
@Command(name = "doctor", description = "Say before a study runs what is there, what is missing, and how long it will take.")
final class DoctorCommand implements Callable<Integer> {
    @Parameters(paramLabel = "STUDY.json",
            description = "settings (see data/README.md), or a configuration file of the published code")
    private Path file;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the study's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--model", paramLabel = "PATH", description = "weights or a pretraining recipe, instead of the study's")
    private Path model;

    @Option(names = "--reference", paramLabel = "DIR",
            description = "set of reference pairs, or of <task>_Syn folders, instead of the study's")
    private Path reference;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results/runs",
            description = "folder of all runs (default ${DEFAULT-VALUE})")
    private Path results;

    @Option(names = "--catalog", paramLabel = "FILE", defaultValue = "data/catalog.json",
            description = "what was published (default ${DEFAULT-VALUE})")
    private Path catalog;

    @Option(names = "--device", description = "auto, cpu, gpu0, ..., instead of the study's")
    private String device;

    @Option(names = "--method", paramLabel = "NAME", description = "only this method; may be repeated")
    private List<String> methods = List.of();

    @Option(names = "--task", paramLabel = "NAME", description = "look at this data set alone; may be repeated")
    private List<String> tasks = List.of();

    @Option(names = "--quick", description = "decode a sample of the pictures, compute no checksums")
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
        PrintWriter out = spec.commandLine().getOut();
        Study.Options study = new Study.Options(data, model, reference, device, methods, List.of());
        Doctor.Options options = new Doctor.Options(tasks, results, catalog, quick, parts, !noEstimate, Math.max(1, workers));
        boolean ready = Doctor.look(file, study, options, json, line -> {
            out.println(line);
            out.flush();
        });
        return ready ? 0 : 1;
    }
}
