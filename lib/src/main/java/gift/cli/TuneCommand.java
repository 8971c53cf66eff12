package gift.cli;

import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.Json;
import gift.job.Job;
import gift.job.JobRun;
import gift.job.StudyJob;
import gift.results.tables.TextTable;
import gift.study.Tuning;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    @Mixin
    private SetOption set;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Tuning tuning = new Tuning(file, set.get());
        Path folder = results.resolve("runs").resolve(tuning.study().name());
        AtomicFiles.writeString(folder.resolve("trials.json"), Json.write(tuning.study()));
        Job trials = new Job(tuning.study().name(), tuning.study().about(),
                Map.of("default", List.of(new Job.Part("trials.json", List.of(), List.of()))));
        AtomicFiles.writeString(folder.resolve("job.json"), Json.write(trials));

        JobOptions job = JobOptions.of(folder.resolve("job.json"), results);
        List<JobRun> runs = job.runs(trials);
        List<String> failed = new StudyJob(runs, job.folders(), out).run(job.start(processes));
        if (!failed.isEmpty()) {
            failed.forEach(run -> out.println("failed twice: " + run));
            out.flush();
            return 1;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("method", "trial", "settings", "transfer", "avg", "last", "chosen"));
        List<Tuning.Outcome> outcomes = tuning.outcomes(job.folders().runs());
        for (Tuning.Outcome o : outcomes) {
            rows.add(List.of(o.trial().method(), o.trial().name(), Json.line(o.trial().changes()), number(o.transfer()),
                    number(o.avg()), number(o.last()), o.chosen() ? "yes" : ""));
        }
        Csv.write(folder.resolve("outcomes.csv"), rows);
        Path chosen = folder.resolve("chosen.json");
        AtomicFiles.writeString(chosen, Json.write(Map.of("methods", tuning.chosen(outcomes))));
        out.println(TextTable.of(rows.get(0), rows.subList(1, rows.size()),
                new boolean[] {false, false, false, true, true, true, false}));
        out.println("evaluated on validation images; the chosen settings, as a study names them: " + chosen);
        out.flush();
        return 0;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
