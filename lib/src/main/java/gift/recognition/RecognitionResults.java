package gift.recognition;

import gift.eval.FewShotRun;
import gift.eval.FewShotRun.Mean;
import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.InputException;
import gift.io.Json;
import gift.recognition.RecognitionStudy.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the runs of a recognition study came to, as a table.
 *
 * @param runs in the order of the study
 * @param chosenBy what chose the epoch that counts, as in {@link EpochChoice}; empty where no run is trained
 */
public record RecognitionResults(List<Run> runs, String chosenBy) {
    /** In the folder of a study. */
    public static final String FILE = "results.csv";

    private static final String CHOSEN_BY = "epoch_chosen_by";
    private static final List<String> COLUMNS = Csv.row(FewShotRun.COLUMNS, "epoch", CHOSEN_BY);

    public RecognitionResults {
        runs = List.copyOf(runs);
    }

    /** Whether a file has the columns of such a table. */
    public static boolean isOne(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        List<List<String>> rows = Csv.read(file);
        return !rows.isEmpty() && rows.get(0).equals(COLUMNS);
    }

    /** @throws InputException naming the file and the row that is wrong */
    public static RecognitionResults read(Path file) {
        List<List<String>> rows = Csv.read(file);
        InputException.require(rows.size() > 1 && rows.get(0).equals(COLUMNS), file + ": must hold the columns "
                + String.join(",", COLUMNS) + " and at least one run");
        List<Run> runs = new ArrayList<>();
        String choice = "";
        for (int i = 1; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            String where = file + ", row " + i;
            InputException.require(row.size() == COLUMNS.size(), where + ": " + row.size() + " fields, the header has "
                    + COLUMNS.size());
            FewShotRun.Row run = FewShotRun.Row.of(where, row);
            InputException.require(row.get(5).matches("\\d{1,9}"), where + ": epoch '" + row.get(5) + "' is no number");
            runs.add(new Run(run.task(), RecognitionMethod.of(run.method()), run.shots(), run.seed(), run.accuracy(),
                    Integer.parseInt(row.get(5))));
            choice = row.get(6).isEmpty() ? choice : row.get(6);
        }
        return new RecognitionResults(runs, choice);
    }

    /** Writes {@code results.csv}, {@code summary.csv} and {@code settings.json} into a folder. */
    static void write(Path folder, List<Run> runs, RecognitionConfig config) {
        String choice = config.choose().name().toLowerCase(Locale.ROOT);
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        runs.forEach(run -> rows.add(Csv.row(run.cells(), Integer.toString(run.epoch()), chosenBy(run.method(), choice))));
        Csv.write(folder.resolve(FILE), rows);
        List<List<String>> summary = new ArrayList<>();
        summary.add(Csv.row(Mean.COLUMNS, CHOSEN_BY));
        FewShotRun.means(runs).forEach(mean ->
                summary.add(Csv.row(mean.cells(config.tasks().size()), chosenBy(mean.method(), choice))));
        Csv.write(folder.resolve("summary.csv"), summary);
        AtomicFiles.writeString(folder.resolve("settings.json"), Json.write(config));
    }

    private static String chosenBy(RecognitionMethod method, String choice) {
        return method.isTrained() ? choice : "";
    }
}
