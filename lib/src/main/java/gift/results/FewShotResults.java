package gift.results;

import gift.eval.FewShotRun;
import gift.eval.FewShotRun.Row;
import gift.eval.Interval;
import gift.io.Csv;
import gift.io.Folders;
import gift.io.InputException;
import gift.io.Texts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What {@code gift imagine} left: accuracy by task, method, number of shots and draw of them.
 *
 * @param name of the study
 * @param runs in the order of the file
 */
public record FewShotResults(String name, List<Row> runs) {
    private static final String FILE = "results.csv";

    /** Names of the studies below a folder that have such results. No folder: no study. */
    public static List<String> studies(Path root) {
        return Folders.inside(root).stream().filter(study -> isOne(study.resolve(FILE)))
                .map(study -> study.getFileName().toString()).toList();
    }

    /** Whether a file is a table of such runs: by its columns. */
    private static boolean isOne(Path file) {
        return Files.isRegularFile(file) && Texts.lines(file).stream().findFirst().orElse("")
                .startsWith(String.join(",", FewShotRun.COLUMNS) + ",visual,text,");
    }

    /**
     * Reads the results of a study.
     *
     * @param folder of the study
     * @throws InputException naming the file and what is wrong in it
     */
    public static FewShotResults read(Path folder, String name) {
        Path file = folder.resolve(FILE);
        List<List<String>> rows = Csv.read(file);
        InputException.require(rows.size() > 1, file + " has no run");
        InputException.require(rows.get(0).size() >= FewShotRun.COLUMNS.size()
                && rows.get(0).subList(0, FewShotRun.COLUMNS.size()).equals(FewShotRun.COLUMNS), file
                + ": needs the columns " + String.join(", ", FewShotRun.COLUMNS));
        List<Row> runs = new ArrayList<>();
        for (int i = 1; i < rows.size(); i++) {
            runs.add(Row.of(file + ", row " + i, rows.get(i)));
        }
        return new FewShotResults(name, List.copyOf(runs));
    }

    public List<String> methods() {
        return distinct(Row::method);
    }

    public List<String> tasks() {
        return distinct(Row::task);
    }

    private <T> List<T> distinct(Function<Row, T> of) {
        return runs.stream().map(of).distinct().toList();
    }

    /** The numbers of shots of a method, from few to many. */
    public List<Integer> shots(String method) {
        return runs.stream().filter(run -> run.method().equals(method)).map(Row::shots).distinct().sorted().toList();
    }

    /** For every draw, the mean over tasks. */
    public double[] means(String method, int shots) {
        return FewShotRun.bySeed(runs.stream().filter(run -> run.method().equals(method) && run.shots() == shots).toList());
    }

    /** The mean over tasks with its interval over draws. */
    public Interval interval(String method, int shots, Interval.Kind kind) {
        return Interval.of(kind, means(method, shots));
    }

    /** The mean over draws of one task. */
    public double ofTask(String method, int shots, String task) {
        return runs.stream().filter(run -> run.method().equals(method) && run.shots() == shots && run.task().equals(task))
                .mapToDouble(Row::accuracy).average().orElse(Double.NaN);
    }
}
