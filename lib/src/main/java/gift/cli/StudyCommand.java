package gift.cli;

import gift.io.InputException;
import gift.job.Job;
import gift.job.JobFolders;
import gift.job.JobRun;
import gift.job.PaperProfile;
import gift.job.Publication;
import gift.job.Results;
import gift.job.StudyJob;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole study: images, runs, tables, figures, comparison, report. */
@Command(name = "study", description = "The whole study: generation, runs side by side, tables, figures, report;"
        + " goes on where it was stopped.")
final class StudyCommand implements Callable<Integer> {
    enum Profile { mini, paper }

    @Mixin
    private JobOptions job;

    @Option(names = "--processes", paramLabel = "N", description = JobOptions.PROCESSES)
    private Integer processes;

    @Option(names = "--devices", paramLabel = "NAME", split = ",", description = JobOptions.DEVICES)
    private List<String> devices = List.of();

    @Option(names = "--restart", description = "forget earlier runs of the job")
    private boolean restart;

    @Option(names = "--profile", defaultValue = "mini",
            description = "mini: what is shipped; paper: say what the paper's scale needs (default ${DEFAULT-VALUE})")
    private Profile profile;

    @Option(names = "--report", description = "run nothing; tables, figures and report of what is finished")
    private boolean report;

    @Option(names = "--publish", description = "run nothing; make the finished runs the committed reference, and its table"
            + " that of README.md")
    private boolean publish;

    @Option(names = "--readme", paramLabel = "FILE", defaultValue = "README.md", hidden = true)
    private Path readme;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (profile == Profile.paper) {
            String data = System.getenv("GIFT_DATA");
            return PaperProfile.describe(job.file(), data == null ? null : Path.of(data), out) ? 0 : Gift.BAD_INPUT;
        }
        if ((job.only != null || restart) && (report || publish)) {
            throw new InputException("--report and --publish go with neither --only nor --restart");
        }
        Job settings = job.job();
        List<JobRun> runs = job.runs(settings);
        JobFolders folders = job.folders();
        if (publish || report) {
            JobRun.requireSameSettings(runs, folders.runs());
        }
        if (publish) {
            new Publication(job.reference()).publish(settings, runs, folders, Installation.find(readme));
            out.println("the committed reference is in " + job.reference() + ", its table in " + readme);
            out.flush();
            return 0;
        }
        if (restart) {
            runs.forEach(run -> run.folder(folders.runs()).forget());
        }
        List<String> failed = report || runs.isEmpty() ? List.of() : new StudyJob(runs, folders, out).run(job.start(processes, devices));
        if (job.only != null) {
            out.print(job.tables().get(job.only).text());
        } else {
            Results.write(settings, runs, folders, out);
        }
        failed.forEach(run -> out.println("failed twice: " + run));
        out.flush();
        return failed.isEmpty() ? 0 : 1;
    }
}
