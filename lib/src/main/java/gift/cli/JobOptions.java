package gift.cli;

import gift.job.Job;
import gift.job.JobFolders;
import gift.job.JobRun;
import gift.job.Selection;
import gift.job.StudyJob;
import gift.results.tables.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which runs of which job: the same for the command and for the processes that it starts. */
final class JobOptions {
    static final String PROCESSES = "at most so many at once, each with one thread (default: number of cores)";

    static final String DEVICES = "share the processes out to these devices: gpu0,gpu1 (default: as the settings say)";

    @Parameters(paramLabel = "JOB.json", arity = "0..1", defaultValue = "data/studies/mini.json",
            description = "the job (default ${DEFAULT-VALUE})")
    private Path file;

    @Mixin
    private FolderOptions folders;

    @Option(names = "--only", paramLabel = "TABLE", description = "only the runs that this table needs; it is printed")
    String only;

    /** Those of a whole job that another command made. */
    static JobOptions of(Path file, Path results) {
        JobOptions options = new JobOptions();
        options.file = file;
        options.folders = FolderOptions.in(results);
        return options;
    }

    /** The job's file; one of the clone where the current folder has none of that name. */
    Path file() {
        return Installation.find(file);
    }

    /** The committed reference, likewise. */
    Path reference() {
        return folders.reference();
    }

    Job job() {
        return Job.read(file());
    }

    List<JobRun> runs(Job job) {
        List<JobRun> all = job.runs(file(), folders.size);
        return only == null ? all : Selection.of(all, only, tables());
    }

    JobFolders folders() {
        return folders.folders();
    }

    Tables tables() {
        return folders().allTables();
    }

    /**
     * @param processes at most so many, or null for one on each device, or on each core where none is named
     * @param devices that they are shared out to
     */
    StudyJob.Start start(Integer processes, List<String> devices) {
        List<String> arguments = new ArrayList<>(List.of("study-worker"));
        arguments.addAll(arguments());
        return new StudyJob.Start(Gift.class.getName(), arguments,
                processes != null ? processes : devices.isEmpty() ? Runtime.getRuntime().availableProcessors() : devices.size(),
                devices);
    }

    /** The same options for a process. */
    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(file().toString()));
        arguments.addAll(folders.arguments());
        if (only != null) {
            arguments.addAll(List.of("--only", only));
        }
        return arguments;
    }
}
