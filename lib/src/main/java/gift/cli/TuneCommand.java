package gift.cli;

import gift.job.JobRun;
import gift.job.StudyJob;
import gift.job.TuningJob;
import gift.study.Tuning;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Searches the settings of a study's methods. */
@Command(name = "tune", description = "Try settings of every method of a study, as many of each, on another order or other"
        + " seeds and on validation images in place of the test images; runs side by side; goes on where it was stopped.")
final class TuneCommand implements Callable<Integer> {
    @Parameters(paramLabel = "TUNING.json", description = "the study and the grids; see data/README.md")
    private Path file;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results",
            description = "the trials go to DIR/runs (default ${DEFAULT-VALUE})")
    private Path results;

    @Option(names = "--processes", paramLabel = "N", description = JobOptions.PROCESSES)
    private Integer processes;

    @Option(names = "--devices", paramLabel = "NAME", split = ",", description = JobOptions.DEVICES)
    private List<String> devices = List.of();

    @Mixin
    private SetOption set;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Tuning tuning = new Tuning(file, set.get());
        TuningJob trials = new TuningJob(tuning, results);
        JobOptions job = JobOptions.of(trials.write(), results);
        List<JobRun> runs = job.runs(trials.job());
        List<String> failed = new StudyJob(runs, job.folders(), out).run(job.start(processes, devices));
        if (!failed.isEmpty()) {
            failed.forEach(run -> out.println("failed twice: " + run));
            out.flush();
            return 1;
        }
        trials.writeOutcomes(job.folders().runs(), out);
        return 0;
    }
}
