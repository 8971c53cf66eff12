package gift.results;

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
public record FewShotResults(String name, List<Run> runs) {
    private static final String FILE = "results.csv";
    private static final List<String> COLUMNS = List.of("task", "method", "shots", "seed", "accuracy");

    /**
     * A run.
     *
     * @param shots real images a class; 0 for none
     * @param accuracy percent of the test images
     */
    public record Run(String task, String method, int shots, long seed, double accuracy) {}

    /** Names of the studies below a folder that have such results. No folder: no study. */
    public static List<String> studies(Path root) {
        return Folders.inside(root).stream().filter(study -> isOne(study.resolve(FILE)))
                .map(study -> study.getFileName().toString()).toList();
    }

    /** Whether a file is a table of such runs: by its columns. */
    private static boolean isOne(Path file) {
        return Files.isRegularFile(file) && Texts.lines(file).stream().findFirst().orElse("")
                .startsWith(String.join(",", COLUMNS) + ",visual,text,");
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
        List<String> header = rows.get(0);
        InputException.require(header.containsAll(COLUMNS), file + ": needs the columns " + String.join(", ", COLUMNS));
        int[] at = COLUMNS.stream().mapToInt(header::indexOf).toArray();
        List<Run> runs = new ArrayList<>();
        for (List<String> row : rows.subList(1, rows.size())) {
            try {
                runs.add(new Run(row.get(at[0]), row.get(at[1]), Integer.parseInt(row.get(at[2])), Long.parseLong(row.get(at[3])),
                        Double.parseDouble(row.get(at[4]))));
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                throw new InputException(file + ", line " + (runs.size() + 2) + ": not a run: " + String.join(",", row), e);
            }
        }
        return new FewShotResults(name, List.copyOf(runs));
    }

    public List<String> methods() {
        return distinct(Run::method);
    }

    public List<String> tasks() {
        return distinct(Run::task);
    }

    private <T> List<T> distinct(Function<Run, T> of) {
        return runs.stream().map(of).distinct().toList();
    }

    /** The numbers of shots of a method, from few to many. */
    public List<Integer> shots(String method) {
        return runs.stream().filter(run -> run.method.equals(method)).map(Run::shots).distinct().sorted().toList();
    }

    /** For every draw, the mean over tasks. */
    public double[] means(String method, int shots) {
        List<Run> own = runs.stream().filter(run -> run.method.equals(method) && run.shots == shots).toList();
        return own.stream().mapToLong(Run::seed).distinct().mapToDouble(seed -> own.stream().filter(run -> run.seed == seed)
                .mapToDouble(Run::accuracy).average().orElse(Double.NaN)).toArray();
    }

    /** The mean over tasks with its interval over draws. */
    public Interval interval(String method, int shots, Interval.Kind kind) {
        return Interval.of(kind, means(method, shots));
    }

    /** The mean over draws of one task. */
    public double ofTask(String method, int shots, String task) {
        return runs.stream().filter(run -> run.method.equals(method) && run.shots == shots && run.task.equals(task))
                .mapToDouble(Run::accuracy).average().orElse(Double.NaN);
    }
}
