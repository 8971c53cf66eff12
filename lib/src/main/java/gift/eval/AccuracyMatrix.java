package gift.eval;

import gift.io.Csv;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The accuracies of a run over a sequence of tasks: row j holds, in percent, the accuracy on every task after training
 * on task j. Rows are added as the run goes on; a row is whole or not there. The accuracies before any training, where
 * known, are kept apart and enter no metric. A matrix never changes.
 *
 * <p>As a file: a header {@code after_training_on,<task>,<task>,...}, then one row per trained task in the order of the
 * header, each with the task's name and its accuracies with six decimals. The row before training, if there is one,
 * comes first and is called {@code before_training}.
 */
public final class AccuracyMatrix {
    private static final String CORNER = "after_training_on";
    private static final String BEFORE = "before_training";
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d*)?([eE][-+]?\\d+)?");

    private final List<String> tasks;
    private final double[] before;
    private final double[][] rows;

    private AccuracyMatrix(List<String> tasks, double[] before, double[][] rows) {
        this.tasks = tasks;
        this.before = before;
        this.rows = rows;
    }

    /**
     * A matrix without rows.
     *
     * @param tasks names in training order
     * @throws InputException if there is none, or one is empty, occurs twice or is {@code before_training}
     */
    public static AccuracyMatrix of(List<String> tasks) {
        Set<String> seen = new HashSet<>();
        for (String task : tasks) {
            if (task.isBlank() || task.equals(BEFORE) || !seen.add(task)) {
                throw new InputException("the task name \"" + task + "\" is empty, reserved or given twice; each column"
                        + " needs a name of its own");
            }
        }
        if (tasks.isEmpty()) {
            throw new InputException("an accuracy matrix needs at least one task");
        }
        return new AccuracyMatrix(List.copyOf(tasks), null, new double[0][]);
    }

    /**
     * This matrix with one more row: the accuracies after training on the next task.
     *
     * @param percent one value per task, 0 to 100
     * @throws IllegalArgumentException if a value is missing or not in 0 .. 100
     * @throws IllegalStateException if all rows are there
     */
    public AccuracyMatrix withRow(double... percent) {
        if (isComplete()) {
            throw new IllegalStateException("all " + tasks.size() + " rows are there");
        }
        double[][] more = Arrays.copyOf(rows, rows.length + 1);
        more[rows.length] = checked(percent);
        return new AccuracyMatrix(tasks, before, more);
    }

    /** This matrix with the accuracies before any training (zero-shot), one per task in percent. */
    public AccuracyMatrix withBefore(double... percent) {
        return new AccuracyMatrix(tasks, checked(percent), rows);
    }

    /** This matrix with other names for its tasks, as many. */
    public AccuracyMatrix named(List<String> names) {
        if (names.size() != tasks.size()) {
            throw new IllegalArgumentException(names.size() + " names for " + tasks.size() + " tasks");
        }
        return new AccuracyMatrix(of(names).tasks, before, rows);
    }

    private double[] checked(double[] percent) {
        if (percent.length != tasks.size()) {
            throw new IllegalArgumentException(percent.length + " accuracies for " + tasks.size() + " tasks");
        }
        for (double value : percent) {
            if (!(value >= 0 && value <= 100)) {
                throw new IllegalArgumentException("an accuracy of " + value + " percent");
            }
        }
        return percent.clone();
    }

    /** Task names in training order. */
    public List<String> tasks() {
        return tasks;
    }

    /** Number of rows: of tasks trained so far. */
    public int rows() {
        return rows.length;
    }

    /** Whether there is a row for every task. */
    public boolean isComplete() {
        return rows.length == tasks.size();
    }

    /** a[j][i]: percent on task {@code i} after training on task {@code j}, both from 0. */
    public double get(int j, int i) {
        return rows[j][i];
    }

    /** Percent on each task before any training, if known. */
    public Optional<double[]> before() {
        return Optional.ofNullable(before).map(double[]::clone);
    }

    /**
     * Reads a matrix file.
     *
     * @throws InputException naming file, row and column if the header is not as above, a name occurs twice, a row is
     *     too short, too long or out of order, or a cell is no number in 0 .. 100
     */
    public static AccuracyMatrix read(Path csv) {
        List<List<String>> lines = Csv.read(csv);
        if (lines.isEmpty() || !lines.get(0).get(0).equals(CORNER)) {
            throw new InputException(csv + ": the first row must be " + CORNER + " and the task names");
        }
        List<String> header = lines.get(0);
        AccuracyMatrix matrix;
        try {
            matrix = of(header.subList(1, header.size()));
        } catch (InputException e) {
            throw new InputException(csv + ", first row: " + e.getMessage(), e);
        }
        for (int r = 1; r < lines.size(); r++) {
            List<String> line = lines.get(r);
            boolean isBefore = r == 1 && line.get(0).equals(BEFORE);
            String where = csv + ", row " + r + " (" + line.get(0) + ")";
            if (!isBefore) {
                if (matrix.isComplete()) {
                    throw new InputException(where + ": more rows than the " + matrix.tasks.size() + " tasks");
                }
                String expected = matrix.tasks.get(matrix.rows());
                if (!line.get(0).equals(expected)) {
                    throw new InputException(where + ": expected the row of " + expected
                            + "; rows must follow the order of the columns");
                }
            }
            if (line.size() != header.size()) {
                throw new InputException(
                        where + ": " + (line.size() - 1) + " accuracies for " + matrix.tasks.size() + " tasks");
            }
            double[] values = new double[matrix.tasks.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = parse(line.get(i + 1), where + ", column " + matrix.tasks.get(i));
            }
            matrix = isBefore ? matrix.withBefore(values) : matrix.withRow(values);
        }
        return matrix;
    }

    private static double parse(String cell, String where) {
        double value = NUMBER.matcher(cell).matches() ? Double.parseDouble(cell) : Double.NaN;
        if (!(value >= 0 && value <= 100)) {
            throw new InputException(where + ": \"" + cell + "\" is no accuracy in percent, 0 to 100");
        }
        return value;
    }

    /** Writes the matrix to a file that appears whole or not at all. */
    public void write(Path csv) {
        List<List<String>> lines = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of(CORNER));
        header.addAll(tasks);
        lines.add(header);
        before().ifPresent(values -> lines.add(line(BEFORE, values)));
        for (int j = 0; j < rows.length; j++) {
            lines.add(line(tasks.get(j), rows[j]));
        }
        Csv.write(csv, lines);
    }

    private static List<String> line(String name, double[] values) {
        List<String> cells = new ArrayList<>(List.of(name));
        for (double value : values) {
            cells.add(String.format(Locale.ROOT, "%.6f", value));
        }
        return cells;
    }
}
