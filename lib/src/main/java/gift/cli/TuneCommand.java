package gift.cli;

import gift.data.Csv;
import gift.io.AtomicFiles;
import gift.io.Json;
import gift.study.Study;
import gift.study.Tuning;
import gift.study.tables.TextTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Searches the settings of a study's methods. */
@Command(name = "tune", description = "Try settings of every method of a study, as many of each, on another order or other"
        + " seeds; goes on where it was stopped.")
final class TuneCommand implements Callable<Integer> {
    @Parameters(paramLabel = "TUNING.json", description = "the study and the grids; see data/README.md")
    private Path file;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results/runs",
            description = "folder of all runs (default ${DEFAULT-VALUE})")
    private Path results;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Tuning tuning = new Tuning(file);
        Path folder = results.resolve(tuning.study().name());
        Path trials = folder.resolve("trials.json");
        AtomicFiles.writeString(trials, Json.write(tuning.study()));
        new Study(trials, results, Study.Options.NONE).run(false, run -> {
            out.println(run.line());
            out.flush();
        });
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("method", "trial", "settings", "transfer", "avg", "last", "chosen"));
        for (Tuning.Outcome o : tuning.outcomes(results)) {
            rows.add(List.of(o.trial().method(), o.trial().name(), Json.line(o.trial().changes()), number(o.transfer()),
                    number(o.avg()), number(o.last()), o.chosen() ? "yes" : ""));
        }
        Csv.write(folder.resolve("outcomes.csv"), rows);
        out.println(TextTable.of(rows.get(0), rows.subList(1, rows.size()),
                new boolean[] {false, false, false, true, true, true, false}));
        out.flush();
        return 0;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
