package gift.eval;

import gift.io.Csv;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The accuracies of a class-incremental run of T steps: R[i][j], in percent, is the accuracy on the test images of the classes
 * of step j after training on step i, both from 0. Row i has the steps 0 to i; those to come may be left out (NaN). Rows are
 * added as the run goes on. A matrix never changes.
 *
 * <p>A run has the accuracies in {@code matrix.csv} ({@link AccuracyMatrix}, with the steps as its tasks) and the numbers of
 * classes and test images seen after each step in {@code seen.csv} beside it. Apart from its run it is called {@code 1.csv}, for
 * seed 1, with {@code 1.seen.csv} beside it.
 */
public final class IncrementalMatrix {
    private static final String MATRIX = "matrix.csv";
    private static final String SEEN = "seen.csv";
    private static final List<String> SEEN_COLUMNS = List.of("after_training_on", "classes", "images");

    private final int steps;
    private final List<Integer> classes;
    private final List<Integer> images;
    private final double[] before;
    private final double[][] rows;
    private final double[] seen; // accuracy over the classes seen after each row

    private IncrementalMatrix(int steps, List<Integer> classes, List<Integer> images, double[] before, double[][] rows,
            double[] seen) {
        this.steps = steps;
        this.classes = List.copyOf(classes);
        this.images = List.copyOf(images);
        this.before = before;
        this.rows = rows;
        this.seen = seen;
    }

    /**
     * A matrix without rows.
     *
     * @param classes number of new classes of each step, T values
     * @param images number of test images of each step, T values; a step weighs by them
     * @throws InputException if there is no step, or a number is below 1, or there are not as many of both
     */
    public static IncrementalMatrix of(List<Integer> classes, List<Integer> images) {
        InputException.require(!classes.isEmpty(), "a class-incremental matrix needs at least one step");
        InputException.require(classes.size() == images.size(),
                classes.size() + " steps by their classes, " + images.size() + " by their test images");
        for (int n : IntStream.concat(classes.stream().mapToInt(n -> n), images.stream().mapToInt(n -> n)).toArray()) {
            InputException.require(n > 0, "a step of " + n + " classes or test images");
        }
        return new IncrementalMatrix(classes.size(), classes, images, null, new double[0][], new double[0]);
    }

    /** A matrix of a log, which gives the accuracy over the classes seen and no numbers of classes and images. */
    static IncrementalMatrix logged(List<double[]> rows, double[] seen) {
        int steps = rows.size();
        IncrementalMatrix matrix = new IncrementalMatrix(steps, List.of(), List.of(), null, new double[0][], new double[0]);
        for (int i = 0; i < steps; i++) {
            matrix = matrix.withRow(seen[i], matrix.checked(rows.get(i), i + 1));
        }
        return matrix;
    }

    /**
     * This matrix with one more row: the accuracies after the next step, i.
     *
     * @param percent of the steps 0 to i at least, 0 to 100; of the others as far as they are evaluated, else NaN
     * @throws IllegalArgumentException if a value is missing or not in 0 .. 100
     * @throws IllegalStateException if all rows are there, or the numbers of test images are not known
     */
    public IncrementalMatrix withRow(double... percent) {
        if (images.isEmpty()) {
            throw new IllegalStateException("without the numbers of test images no accuracy over several steps");
        }
        double[] row = checked(percent, rows.length + 1);
        return withRow(IncrementalMetrics.accuracy(images.subList(0, rows.length + 1), row), row);
    }

    private IncrementalMatrix withRow(double accuracy, double[] row) {
        if (isComplete()) {
            throw new IllegalStateException("all " + steps + " rows are there");
        }
        double[][] more = Arrays.copyOf(rows, rows.length + 1);
        more[rows.length] = row;
        double[] all = Arrays.copyOf(seen, seen.length + 1);
        all[seen.length] = accuracy;
        return new IncrementalMatrix(steps, classes, images, before, more, all);
    }

    /** This matrix with the accuracies before any training, T values in percent, NaN where not evaluated. */
    public IncrementalMatrix withBefore(double... percent) {
        return new IncrementalMatrix(steps, classes, images, checked(percent, 0), rows, seen);
    }

    /** All steps; those after the first {@code needed} may be missing. */
    private double[] checked(double[] percent, int needed) {
        if (percent.length < needed || percent.length > steps) {
            throw new IllegalArgumentException(percent.length + " accuracies after step " + needed + " of " + steps);
        }
        double[] row = Arrays.copyOf(percent, steps);
        Arrays.fill(row, percent.length, steps, Double.NaN);
        for (int j = 0; j < steps; j++) {
            if (!(row[j] >= 0 && row[j] <= 100) && !(Double.isNaN(row[j]) && j >= needed)) {
                throw new IllegalArgumentException("an accuracy of " + row[j] + " percent");
            }
        }
        return row;
    }

    /** T, the number of steps. */
    public int steps() {
        return steps;
    }

    /** Number of rows: of steps trained so far. */
    public int rows() {
        return rows.length;
    }

    /** Whether there is a row for every step. */
    public boolean isComplete() {
        return rows.length == steps;
    }

    /** R[i][j]: percent on the classes of step j after step i, both from 0; NaN where it was not evaluated. */
    public double get(int i, int j) {
        return rows[i][j];
    }

    /** Percent of the test images of all classes seen after step i that were given their class. */
    public double accuracy(int i) {
        return seen[i];
    }

    /** Number of new classes of each step trained; empty where not known. */
    public List<Integer> classes() {
        return classes;
    }

    /** Number of test images of each step trained; empty where not known. */
    public List<Integer> images() {
        return images;
    }

    /** Number of classes seen after each row; without numbers of classes the number of steps. */
    public double[] classesSeen() {
        int[] sums = classes.isEmpty() ? IntStream.rangeClosed(1, steps).toArray()
                : classes.stream().mapToInt(n -> n).toArray();
        if (!classes.isEmpty()) {
            Arrays.parallelPrefix(sums, Integer::sum);
        }
        return Arrays.stream(sums).limit(rows.length).asDoubleStream().toArray();
    }

    /** Percent on the classes of each step before any training, if known. */
    public Optional<double[]> before() {
        return Optional.ofNullable(before).map(double[]::clone);
    }

    /** Whether a file is the matrix of a class-incremental run: whether {@code seen.csv} lies beside it. */
    public static boolean isOne(Path matrix) {
        return matrix.toString().endsWith(".csv") && Files.isRegularFile(seen(matrix));
    }

    /** {@code seen.csv} beside {@code matrix.csv}, {@code 1.seen.csv} beside {@code 1.csv}. */
    private static Path seen(Path matrix) {
        String file = matrix.getFileName().toString();
        return matrix.resolveSibling(file.equals(MATRIX) ? SEEN : file.replaceFirst("csv$", SEEN));
    }

    /**
     * Reads the matrix of a run, finished or not.
     *
     * @param csv its {@code matrix.csv}, or a matrix apart from its run
     * @throws InputException naming the file, if one of the two is broken, or they are not of the same steps
     */
    public static IncrementalMatrix read(Path csv) {
        AccuracyMatrix all = AccuracyMatrix.read(csv);
        Path file = seen(csv);
        List<List<String>> lines = Csv.read(file);
        if (lines.isEmpty() || lines.get(0).size() < SEEN_COLUMNS.size() || !lines.get(0).subList(0, 3).equals(SEEN_COLUMNS)) {
            throw new InputException(file + ": the first row must begin with " + String.join(",", SEEN_COLUMNS));
        }
        InputException.require(lines.size() - 1 >= all.rows(), file + " has " + (lines.size() - 1) + " steps, " + csv + " "
                + all.rows());
        IncrementalMatrix matrix = new IncrementalMatrix(all.tasks().size(), List.of(), List.of(), all.before().orElse(null),
                new double[0][], new double[0]);
        List<Integer> classes = new ArrayList<>();
        List<Integer> images = new ArrayList<>();
        for (int i = 0; i < all.rows(); i++) {
            List<String> line = lines.get(i + 1);
            String where = file + ", row " + (i + 1);
            InputException.require(line.get(0).equals(all.tasks().get(i)), where + ": expected the step " + all.tasks().get(i));
            classes.add(more(where, line.get(1), classes));
            images.add(more(where, line.get(2), images));
            int row = i;
            double[] percent = IntStream.range(0, matrix.steps).mapToDouble(j -> all.get(row, j)).toArray();
            matrix = new IncrementalMatrix(matrix.steps, classes, images, matrix.before, matrix.rows, matrix.seen).withRow(percent);
        }
        return matrix;
    }

    /** How many a step adds to the numbers of earlier ones. */
    private static int more(String where, String seen, List<Integer> earlier) {
        int before = earlier.stream().mapToInt(n -> n).sum();
        InputException.require(seen.matches("\\d{1,9}") && Integer.parseInt(seen) > before,
                where + ": \"" + seen + "\" is no number above that of the step before, " + before);
        return Integer.parseInt(seen) - before;
    }
}
