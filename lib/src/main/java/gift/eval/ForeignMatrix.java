package gift.eval;

import gift.io.Csv;
import gift.io.InputException;
import gift.io.Npy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Accuracy matrices as the published code leaves them:
 * <ul>
 *   <li>CSV of pandas: a header of numbers, then a row of percent for each trained task, with or without an index column;
 *   <li>{@code .npy}: the same as a square, or row after row;
 *   <li>logs: {@code Evaluating on NAME}, then {@code Top-1 accuracy: X}; an evaluation begins where a checkpoint is loaded
 *       or a name comes again. The one before any training may come first.
 * </ul>
 * CSV and {@code .npy} name no tasks; they are then called 1, 2, ...
 */
public final class ForeignMatrix {
    private static final Pattern EVENT = Pattern.compile(
            "Checkpoint loaded from (?<loaded>\\S+)|Evaluating on (?<set>[^\\s,]+)|Top-1 accuracy: (?<accuracy>[0-9.]+)");

    private ForeignMatrix() {}

    /** As {@link #read(Path, List)}, with the names that the file gives, if it does. */
    public static AccuracyMatrix read(Path file) {
        return read(file, List.of());
    }

    /**
     * Reads the project's own matrix file or one of the kinds above, known by its beginning.
     *
     * @param tasks names of the columns in the order of training, for a file that names none; empty for 1, 2, ...
     * @throws InputException naming the file, if it is none of them or not square
     */
    public static AccuracyMatrix read(Path file, List<String> tasks) {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new InputException("no file " + file);
        }
        if (name.endsWith(".npy")) {
            return square(file, Npy.read(file).values(), tasks);
        }
        if (!name.endsWith(".csv")) {
            return log(file);
        }
        List<List<String>> rows = Csv.read(file);
        boolean own = rows.isEmpty() || !isHeader(rows.get(0));
        return own ? AccuracyMatrix.read(file) : square(file, numbers(file, rows), tasks);
    }

    /** Whether it counts the columns: 0, 1, 2, ..., after the empty name of the index or without. */
    private static boolean isHeader(List<String> header) {
        List<String> columns = header.get(0).isEmpty() ? header.subList(1, header.size()) : header;
        return !columns.isEmpty() && IntStream.range(0, columns.size()).allMatch(i -> columns.get(i).equals(Integer.toString(i)));
    }

    private static double[] numbers(Path file, List<List<String>> rows) {
        int from = rows.get(0).get(0).isEmpty() ? 1 : 0;
        List<Double> values = new ArrayList<>();
        for (int r = 1; r < rows.size(); r++) {
            List<String> row = rows.get(r);
            if (row.size() != rows.get(0).size()) {
                throw new InputException(file + ", row " + r + ": " + row.size() + " cells for " + rows.get(0).size() + " columns");
            }
            for (String cell : row.subList(from, row.size())) {
                values.add(number(file + ", row " + r, cell));
            }
        }
        return values.stream().mapToDouble(value -> value).toArray();
    }

    private static double number(String where, String cell) {
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            throw new InputException(where + ": \"" + cell + "\" is no accuracy in percent", e);
        }
    }

    private static AccuracyMatrix square(Path file, double[] values, List<String> tasks) {
        int n = (int) Math.round(Math.sqrt(values.length));
        if (n == 0 || n * n != values.length) {
            throw new InputException(file + " holds " + values.length + " accuracies, no square of n tasks after each of n tasks");
        }
        if (!tasks.isEmpty() && tasks.size() != n) {
            throw new InputException(file + " is of " + n + " tasks, named are " + tasks.size());
        }
        List<String> names = tasks.isEmpty() ? IntStream.rangeClosed(1, n).mapToObj(Integer::toString).toList() : tasks;
        AccuracyMatrix matrix = AccuracyMatrix.of(names);
        for (int j = 0; j < n; j++) {
            matrix = matrix.withRow(checked(file, Arrays.copyOfRange(values, j * n, (j + 1) * n)));
        }
        requirePercent(file, Arrays.stream(values).max().orElse(0));
        return matrix;
    }

    private static double[] checked(Path file, double[] row) {
        for (double value : row) {
            if (!(value >= 0 && value <= 100)) {
                throw new InputException(file + ": " + value + " is no accuracy in percent, 0 to 100");
            }
        }
        return row;
    }

    private static void requirePercent(Path file, double largest) {
        if (largest <= 1) {
            throw new InputException(file + ": no accuracy is above 1; they must be in percent");
        }
    }

    /** One evaluation of all data sets; {@code loaded} is the task of the checkpoint, or null. */
    private record Block(String loaded, Map<String, Double> accuracies) {}

    private static AccuracyMatrix log(Path file) {
        List<Block> blocks = blocks(file);
        if (blocks.isEmpty()) {
            throw new InputException(file + " has no line \"Top-1 accuracy: X\" after one \"Evaluating on NAME\"; a matrix ends in"
                    + " .csv or .npy");
        }
        Set<String> sets = blocks.get(0).accuracies.keySet();
        for (int b = 0; b < blocks.size(); b++) {
            if (!blocks.get(b).accuracies.keySet().equals(sets)) {
                throw new InputException(file + ", evaluation " + (b + 1) + " is of other data sets than the first: "
                        + blocks.get(b).accuracies.keySet() + ", " + sets);
            }
        }
        boolean before = blocks.size() == sets.size() + 1 || blocks.get(0).loaded == null
                && blocks.stream().skip(1).anyMatch(block -> block.loaded != null);
        List<Block> trained = blocks.subList(before ? 1 : 0, blocks.size());
        if (trained.size() > sets.size()) {
            throw new InputException(file + " has " + blocks.size() + " evaluations for " + sets.size() + " data sets");
        }
        List<String> tasks = order(file, sets, trained);
        AccuracyMatrix matrix = AccuracyMatrix.of(tasks);
        if (before) {
            matrix = matrix.withBefore(row(file, tasks, blocks.get(0)));
        }
        for (Block block : trained) {
            matrix = matrix.withRow(row(file, tasks, block));
        }
        requirePercent(file, blocks.stream().flatMap(b -> b.accuracies.values().stream()).mapToDouble(a -> a).max().orElse(0));
        return matrix;
    }

    /** The order of training: that of the checkpoints where they are named, else that of the evaluation. */
    private static List<String> order(Path file, Set<String> sets, List<Block> trained) {
        List<String> order = new ArrayList<>();
        for (Block block : trained) {
            if (block.loaded == null || !sets.contains(block.loaded)) {
                return List.copyOf(sets);
            }
            if (order.contains(block.loaded)) {
                throw new InputException(file + " evaluates the checkpoint of " + block.loaded + " twice: one log of one run");
            }
            order.add(block.loaded);
        }
        sets.stream().filter(set -> !order.contains(set)).forEach(order::add);
        return order;
    }

    private static double[] row(Path file, List<String> tasks, Block block) {
        return checked(file, tasks.stream().mapToDouble(block.accuracies::get).toArray());
    }

    private static List<Block> blocks(Path file) {
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8); // other programs' lines may be of any bytes
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + e.getMessage(), e);
        }
        List<Block> blocks = new ArrayList<>();
        String loaded = null;
        String set = null;
        boolean fresh = true; // the next accuracy begins an evaluation
        for (Matcher event = EVENT.matcher(text); event.find();) {
            if (event.group("loaded") != null) {
                loaded = event.group("loaded").replaceFirst(".*[/\\\\]", "").replaceFirst("\\.[^.]*$", "");
                fresh = true;
            } else if (event.group("set") != null) {
                set = event.group("set");
            } else if (set != null) {
                if (fresh || blocks.get(blocks.size() - 1).accuracies.containsKey(set)) {
                    blocks.add(new Block(fresh ? loaded : null, new LinkedHashMap<>()));
                    loaded = null;
                    fresh = false;
                }
                blocks.get(blocks.size() - 1).accuracies.put(set, number(file.toString(), event.group("accuracy")));
                set = null;
            }
        }
        return blocks;
    }
}
