package gift.job;

import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.Json;
import gift.results.tables.TextTable;
import gift.study.Tuning;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The trials of a tuning as a job, and what they came to. */
public final class TuningJob {
    private final Tuning tuning;
    private final Path folder;
    private final Job job;

    /** @param results folder of runs, tables and reports */
    public TuningJob(Tuning tuning, Path results) {
        this.tuning = tuning;
        this.folder = results.resolve("runs").resolve(tuning.study().name());
        this.job = new Job(tuning.study().name(), tuning.study().about(),
                Map.of("default", List.of(new Job.Part("trials.json", List.of(), List.of()))));
    }

    /**
     * Writes the trials as a study and the job that runs it.
     *
     * @return the job's file
     */
    public Path write() {
        AtomicFiles.writeString(folder.resolve("trials.json"), Json.write(tuning.study()));
        Path file = folder.resolve("job.json");
        AtomicFiles.writeString(file, Json.write(job));
        return file;
    }

    public Job job() {
        return job;
    }

    /**
     * Writes {@code outcomes.csv} and {@code chosen.json}, and prints the former.
     *
     * @param runs folder of all runs
     * @throws gift.io.InputException if a trial is not finished
     */
    public void writeOutcomes(Path runs, PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("method", "trial", "settings", "transfer", "avg", "last", "chosen"));
        List<Tuning.Outcome> outcomes = tuning.outcomes(runs);
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
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
