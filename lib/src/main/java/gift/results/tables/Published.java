package gift.results.tables;

import gift.eval.AccuracyMatrix;
import gift.io.Csv;
import gift.io.InputException;
import gift.results.MethodNames;
import gift.results.Metric;
import gift.results.StudyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The papers' numbers, as they were entered under {@code results/published}. */
public final class Published {
    /** The two orders of the benchmark's tasks. */
    public enum Order { I, II }

    /**
     * One printed row: a metric of a method in one order.
     *
     * @param method id, see {@link MethodNames}
     * @param perTask percent by task; Transfer has none for the first
     * @param average as printed, percent
     * @param source a key of {@code sources.csv}
     */
    public record Row(Order order, String method, Metric metric, Map<String, Double> perTask, double average, String source) {}

    private static final List<String> LEADING = List.of("order", "method", "metric");

    private final Path folder;
    private final List<Row> rows = new ArrayList<>();
    private final Map<Order, StudyRuns> matrices = new LinkedHashMap<>();

    /**
     * @param folder {@code results/published}
     * @throws InputException naming file and row, if something is missing or no number
     */
    public Published(Path folder) {
        this.folder = folder;
        readRows(folder.resolve("mtil_rows.csv"));
        for (Order order : Order.values()) {
            matrices.put(order, readMatrices(order));
        }
    }

    private void readRows(Path file) {
        List<List<String>> lines = Csv.read(file);
        List<String> header = lines.isEmpty() ? List.of() : lines.get(0);
        int tasks = header.size() - 2;
        if (tasks < 4 || !header.subList(0, 3).equals(LEADING)
                || !header.subList(tasks, tasks + 2).equals(List.of("average", "source"))) {
            throw new InputException(file + ": the first row must be order,method,metric, the tasks, average,source");
        }
        for (int r = 1; r < lines.size(); r++) {
            List<String> line = lines.get(r);
            String where = file + ", row " + r;
            if (line.size() != header.size()) {
                throw new InputException(where + ": " + line.size() + " fields, the header has " + header.size());
            }
            Map<String, Double> perTask = new LinkedHashMap<>();
            for (int i = 3; i < tasks; i++) {
                if (!line.get(i).isEmpty()) {
                    perTask.put(header.get(i), number(line.get(i), where));
                }
            }
            rows.add(new Row(order(line.get(0), where), MethodNames.idOfPublished(line.get(1)), Metric.of(line.get(2), where),
                    perTask, number(line.get(tasks), where), line.get(tasks + 1)));
        }
    }

    private static Order order(String name, String where) {
        try {
            return Order.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new InputException(where + ": the order is I or II, not '" + name + "'", e);
        }
    }

    static double number(String cell, String where) {
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            throw new InputException(where + ": '" + cell + "' is no number", e);
        }
    }

    private StudyRuns readMatrices(Order order) {
        Path place = folder.resolve("matrices").resolve("order_" + order);
        List<StudyRuns.Run> runs = new ArrayList<>();
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
                String method = file.getFileName().toString().replace(".csv", "");
                runs.add(StudyRuns.Run.of(method, 0, AccuracyMatrix.read(file), null));
            }
        } catch (IOException e) {
            throw new InputException("no folder of published matrices at " + place, e);
        }
        if (runs.isEmpty()) {
            throw new InputException("no published matrices in " + place);
        }
        return new StudyRuns("published_order_" + order, runs, List.of());
    }

    /** All printed rows. */
    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** The published accuracy matrices of an order; their seeds are not published and stand as 0. */
    public StudyRuns matrices(Order order) {
        return matrices.get(order);
    }

    /** The tasks of an order in the order of training. */
    public List<String> tasks(Order order) {
        return matrices(order).tasks();
    }

    /** The methods of an order that have a printed row or a matrix. */
    public List<String> methods(Order order) {
        Stream<String> printed = rows.stream().filter(row -> row.order == order).map(Row::method);
        return Stream.concat(printed, matrices(order).methods().stream()).distinct().sorted(MethodNames.order()).toList();
    }

    /** The printed row, if there is one. */
    public Optional<Row> row(Order order, String method, Metric metric) {
        return rows.stream().filter(r -> r.order == order && r.method.equals(method) && r.metric == metric).findFirst();
    }

    /** A method's average: as printed, or else from its published matrix; empty if there is neither. */
    public OptionalDouble average(Order order, String method, Metric metric) {
        Optional<Row> printed = row(order, method, metric);
        if (printed.isPresent()) {
            return OptionalDouble.of(printed.get().average);
        }
        return matrices(order).of(method).stream().mapToDouble(run -> metric.of(run.metrics())).findFirst();
    }

    /** The order whose tasks a study has, in the same sequence. */
    public Optional<Order> orderOf(List<String> tasks) {
        return matrices.keySet().stream().filter(order -> tasks(order).equals(tasks)).findFirst();
    }

    /** A file of this folder. */
    Path file(String name) {
        return folder.resolve(name);
    }
}
