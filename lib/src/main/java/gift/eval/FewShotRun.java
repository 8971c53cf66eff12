package gift.eval;

import gift.io.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A finished run of a study that compares methods by the number of real images a class (shots), on several tasks and seeds.
 *
 * @param <M> what was run, whose text is its name
 */
public interface FewShotRun<M> {
    /** The columns of every table of runs, of which {@link #cells} are a row; tables may have more behind them. */
    List<String> COLUMNS = List.of("task", "method", "shots", "seed", "accuracy");

    String task();

    M method();

    /** Real images a class; 0 for none. */
    int shots();

    long seed();

    /** On the test images, percent. */
    double accuracy();

    default List<String> cells() {
        return List.of(task(), method().toString(), Integer.toString(shots()), Long.toString(seed()), number(accuracy()));
    }

    /** A run as a table has it, of a method by its name. */
    record Row(String task, String method, int shots, long seed, double accuracy) implements FewShotRun<String> {
        /**
         * @param where file and row, for messages
         * @param cells of {@link #COLUMNS}, and more behind them
         * @throws InputException if they are none
         */
        public static Row of(String where, List<String> cells) {
            try {
                return new Row(cells.get(0), cells.get(1), Integer.parseInt(cells.get(2)), Long.parseLong(cells.get(3)),
                        Double.parseDouble(cells.get(4)));
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                throw new InputException(where + ": no run, whose shots, seed and accuracy are numbers: " + cells, e);
            }
        }
    }

    /**
     * Checks what all studies of such runs have.
     *
     * @param study its kind, for messages
     * @throws InputException saying what is wrong
     */
    static void require(String study, String name, List<Long> seeds, List<Integer> shots) {
        InputException.require(name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), study + ": name '" + name
                + "' must be letters, digits, ., _ and -: it names a folder");
        InputException.require(!seeds.isEmpty() && seeds.stream().distinct().count() == seeds.size(), study
                + ": seeds must name at least one, none twice");
        InputException.require(shots.stream().allMatch(k -> k > 0) && shots.stream().distinct().count() == shots.size(), study
                + ": shots " + shots + " must be at least 1, none twice");
    }

    /** Means over tasks of a method with a number of shots; the interval is that over seeds (Student's t). */
    record Mean<M>(M method, int shots, Interval accuracy) {
        /** The columns of {@link #cells}. */
        public static final List<String> COLUMNS = List.of("method", "shots", "tasks", "seeds", "accuracy", "low", "high");

        /** @param tasks of the study */
        public List<String> cells(int tasks) {
            return List.of(method.toString(), Integer.toString(shots), Integer.toString(tasks),
                    Integer.toString(accuracy.count()), number(accuracy.mean()), number(accuracy.low()), number(accuracy.high()));
        }
    }

    /** Means over the tasks, by method and number of shots, in the order of the runs. */
    static <M> List<Mean<M>> means(List<? extends FewShotRun<M>> runs) {
        Map<String, List<FewShotRun<M>>> groups = new LinkedHashMap<>();
        runs.forEach(run -> groups.computeIfAbsent(run.method() + " " + run.shots(), key -> new ArrayList<>()).add(run));
        return groups.values().stream().map(group -> new Mean<>(group.get(0).method(), group.get(0).shots(),
                Interval.of(Interval.Kind.T, bySeed(group)))).toList();
    }

    /** For every seed, in the order of the runs, the mean accuracy of its runs: over tasks, if they are of one method. */
    static double[] bySeed(List<? extends FewShotRun<?>> runs) {
        return runs.stream().mapToLong(FewShotRun::seed).distinct().mapToDouble(seed -> runs.stream()
                .filter(run -> run.seed() == seed).mapToDouble(FewShotRun::accuracy).average().orElseThrow()).toArray();
    }

    /** A number as tables have it, with four decimals; empty for NaN. */
    static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
    }
}
