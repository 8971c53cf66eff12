package gift.results;

import gift.eval.FewShotRun;
import gift.eval.Interval;
import gift.io.Csv;
import gift.io.Folders;
import gift.io.InputException;
import gift.io.Texts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What {@code gift imagine} left: accuracy by task, method, number of shots and draw of them.
 *
 * @param name of the study
 * @param runs in the order of the file
 */
public record FewShotResults(String name, List<Run> runs) {
    private static final String FILE = "results.csv";
    private static final String VISUAL = "visual";

    /**
     * A run.
     *
     * @param accuracy of both heads joined, percent of the test images
     * @param visual of the visual head alone; NaN where there is none
     */
    public record Run(String task, String method, int shots, long seed, double accuracy, double visual)
            implements FewShotRun<String> {}

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
        int visual = rows.get(0).indexOf(VISUAL);
        List<Run> runs = new ArrayList<>();
        for (int i = 1; i < rows.size(); i++) {
            String where = file + ", row " + i;
            FewShotRun.Row run = FewShotRun.Row.of(where, rows.get(i));
            String own = visual < 0 || visual >= rows.get(i).size() ? "" : rows.get(i).get(visual);
            InputException.require(own.matches("|\\d{1,3}\\.\\d+"), where + ": '" + own + "' is no accuracy of the visual head");
            runs.add(new Run(run.task(), run.method(), run.shots(), run.seed(), run.accuracy(),
                    own.isEmpty() ? Double.NaN : Double.parseDouble(own)));
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
        return runs.stream().filter(run -> run.method().equals(method)).map(Run::shots).distinct().sorted().toList();
    }

    /** For every draw, the mean over tasks. */
    public double[] means(String method, int shots) {
        return FewShotRun.bySeed(runs.stream().filter(run -> run.method().equals(method) && run.shots() == shots).toList());
    }

    /** The mean over tasks with its interval over draws. */
    public Interval interval(String method, int shots, Interval.Kind kind) {
        return Interval.of(kind, means(method, shots));
    }

    /**
     * What the first method has more than the second, draw by draw, mean over the tasks that both have: mean and 95 % t interval.
     * A method without shots is the same for every draw.
     */
    public Interval difference(String first, String second, int shots, ToDoubleFunction<Run> of) {
        boolean level = shots(second).equals(List.of(0));
        List<Run> other = runs.stream().filter(run -> run.method().equals(second) && (level || run.shots() == shots)).toList();
        Map<Long, List<Double>> bySeed = new TreeMap<>();
        runs.stream().filter(run -> run.method().equals(first) && run.shots() == shots).forEach(run -> other.stream()
                .filter(there -> there.task().equals(run.task()) && (level || there.seed() == run.seed()))
                .forEach(there -> bySeed.computeIfAbsent(run.seed(), seed -> new ArrayList<>())
                        .add(of.applyAsDouble(run) - of.applyAsDouble(there))));
        return Interval.of(Interval.Kind.T, bySeed.values().stream()
                .mapToDouble(own -> own.stream().mapToDouble(Double::doubleValue).average().orElseThrow()).toArray());
    }

    /** The mean over draws of one task. */
    public double ofTask(String method, int shots, String task) {
        return runs.stream().filter(run -> run.method().equals(method) && run.shots() == shots && run.task().equals(task))
                .mapToDouble(Run::accuracy).average().orElse(Double.NaN);
    }
}
