package gift.incremental;

import gift.eval.IncrementalMetrics;
import gift.io.Csv;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many test images of all classes seen after a step are given their class, among these classes: the number by which
 * class-incremental learning is compared. As a file: a row for each step.
 *
 * @param step its name
 * @param classes seen so far
 * @param images test images of these classes
 * @param right those that are given their class
 */
public record SeenAccuracy(String step, int classes, int images, int right) {
    /** Its name in the folder of a run. */
    public static final String FILE = "seen.csv";

    private static final List<String> HEADER = List.of("after_training_on", "classes", "images", "right", "accuracy");

    /** Percent. */
    public double percent() {
        return 100.0 * right / images;
    }

    /** Last, see {@link IncrementalMetrics}. */
    public static double last(List<SeenAccuracy> steps) {
        return steps.get(steps.size() - 1).percent();
    }

    /** Avg, see {@link IncrementalMetrics}. */
    public static double average(List<SeenAccuracy> steps) {
        return IncrementalMetrics.avg(steps.stream().map(SeenAccuracy::percent).toList());
    }

    /** Writes the file, whole or not at all. */
    public static void write(Path csv, List<SeenAccuracy> steps) {
        List<List<String>> rows = new ArrayList<>(List.of(HEADER));
        steps.forEach(one -> rows.add(List.of(one.step, Integer.toString(one.classes), Integer.toString(one.images),
                Integer.toString(one.right), String.format(Locale.ROOT, "%.6f", one.percent()))));
        Csv.write(csv, rows);
    }

    /** Those of a run's folder; empty unless the run is class-incremental. */
    public static List<SeenAccuracy> ofRun(Path folder) {
        Path file = folder.resolve(FILE);
        return Files.exists(file) ? read(file) : List.of();
    }

    /** @throws InputException if the file is missing or none of these */
    public static List<SeenAccuracy> read(Path csv) {
        List<List<String>> rows = Csv.read(csv);
        boolean sound = !rows.isEmpty() && rows.get(0).equals(HEADER) && rows.stream().skip(1).allMatch(row ->
                row.size() == HEADER.size() && row.subList(1, 4).stream().allMatch(cell -> cell.matches("\\d{1,9}")));
        InputException.require(sound, csv + ": expected rows of " + String.join(", ", HEADER));
        return rows.stream().skip(1).map(row -> new SeenAccuracy(row.get(0), Integer.parseInt(row.get(1)),
                Integer.parseInt(row.get(2)), Integer.parseInt(row.get(3)))).toList();
    }
}
