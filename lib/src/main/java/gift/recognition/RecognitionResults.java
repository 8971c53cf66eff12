package gift.recognition;

import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.InputException;
import gift.io.Json;
import gift.recognition.RecognitionStudy.Mean;
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

    private static final List<String> COLUMNS =
            List.of("task", "method", "shots", "seed", "accuracy", "epoch", "epoch_chosen_by");

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
            try {
                runs.add(new Run(row.get(0), RecognitionMethod.of(row.get(1)), Integer.parseInt(row.get(2)),
                        Long.parseLong(row.get(3)), Double.parseDouble(row.get(4)), Integer.parseInt(row.get(5))));
            } catch (NumberFormatException e) {
                throw new InputException(where + ": shots, seed, accuracy and epoch must be numbers: " + row, e);
            }
            choice = row.get(6).isEmpty() ? choice : row.get(6);
        }
        return new RecognitionResults(runs, choice);
    }

    /** Writes {@code results.csv}, {@code summary.csv} and {@code settings.json} into a folder. */
    static void write(Path folder, List<Run> runs, RecognitionConfig config) {
        String choice = config.choose().name().toLowerCase(Locale.ROOT);
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (Run run : runs) {
            rows.add(List.of(run.task(), run.method().toString(), Integer.toString(run.shots()), Long.toString(run.seed()),
                    number(run.accuracy()), Integer.toString(run.epoch()), run.method().isTrained() ? choice : ""));
        }
        Csv.write(folder.resolve(FILE), rows);
        List<List<String>> summary = new ArrayList<>();
        summary.add(List.of("method", "shots", "tasks", "seeds", "accuracy", "low", "high", "epoch_chosen_by"));
        for (Mean mean : RecognitionStudy.means(runs)) {
            summary.add(List.of(mean.method().toString(), Integer.toString(mean.shots()), Integer.toString(config.tasks().size()),
                    Integer.toString(mean.accuracy().count()), number(mean.accuracy().mean()), number(mean.accuracy().low()),
                    number(mean.accuracy().high()), mean.method().isTrained() ? choice : ""));
        }
        Csv.write(folder.resolve("summary.csv"), summary);
        AtomicFiles.writeString(folder.resolve("settings.json"), Json.write(config));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
    }
}
