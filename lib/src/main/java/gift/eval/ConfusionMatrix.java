package gift.eval;

import gift.io.Csv;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many images of each class were given each class. As a file: a header {@code true,<class>,<class>,...}, then a
 * row for each true class with the counts of the classes given to its images.
 *
 * @param classNames C names
 * @param counts C x C; {@code counts[t][p]} images of class t were given class p
 */
public record ConfusionMatrix(List<String> classNames, int[][] counts) {
    private static final String CORNER = "true";

    /** Counts images by true and predicted class. */
    static ConfusionMatrix of(List<String> classNames, int[] labels, int[] predicted) {
        int[][] counts = new int[classNames.size()][classNames.size()];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]][predicted[i]]++;
        }
        return new ConfusionMatrix(List.copyOf(classNames), counts);
    }

    /** Images of a class. */
    public int images(int c) {
        return Arrays.stream(counts[c]).sum();
    }

    /** Images of a class that were given it. */
    public int right(int c) {
        return counts[c][c];
    }

    /** Percent of all images that were given their class. */
    public double accuracy() {
        int right = IntStream.range(0, counts.length).map(this::right).sum();
        return 100.0 * right / IntStream.range(0, counts.length).map(this::images).sum();
    }

    /** Writes the file, whole or not at all. */
    public void write(Path csv) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row(CORNER, classNames));
        for (int c = 0; c < counts.length; c++) {
            rows.add(row(classNames.get(c), Arrays.stream(counts[c]).mapToObj(Integer::toString).toList()));
        }
        Csv.write(csv, rows);
    }

    private static List<String> row(String first, List<String> others) {
        List<String> row = new ArrayList<>(List.of(first));
        row.addAll(others);
        return row;
    }

    /** @throws InputException if the file is missing or no confusion matrix */
    public static ConfusionMatrix read(Path csv) {
        List<List<String>> rows = Csv.read(csv);
        int classes = rows.size() - 1;
        if (classes < 1 || rows.stream().anyMatch(row -> row.size() != classes + 1)) {
            throw new InputException(csv + " is no confusion matrix: it needs as many rows as columns");
        }
        List<String> names = rows.get(0).subList(1, classes + 1);
        int[][] counts = new int[classes][];
        for (int c = 0; c < classes; c++) {
            List<String> row = rows.get(c + 1);
            if (!row.get(0).equals(names.get(c)) || !row.stream().skip(1).allMatch(cell -> cell.matches("\\d{1,9}"))) {
                throw new InputException(csv + ", row " + (c + 1) + ": expected the counts of " + names.get(c));
            }
            counts[c] = row.stream().skip(1).mapToInt(Integer::parseInt).toArray();
        }
        return new ConfusionMatrix(names, counts);
    }
}
