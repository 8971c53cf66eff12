package gift.results.tables;

import gift.io.Csv;
import gift.io.InputException;
import gift.results.Metric;
import gift.results.StudyRuns;
import gift.results.tables.Published.Order;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables of the papers, from what is entered under {@code results/published}. */
public final class PublishedTables {
    static final String CLASS_INCREMENTAL = "class_incremental";
    private static final String FROM_MATRICES = "zscl_matrices";

    /** Tables that are shown as they are entered: name and file, what they are, decimals as printed. */
    private record Entered(String name, String description, int decimals) {}

    private static final List<Entered> ENTERED = List.of(
            new Entered("sources", "where the published numbers come from", 0),
            new Entered("he2023_table1", "He et al. 2023, table 1: zero-shot accuracy without and with synthetic data", 2),
            new Entered("he2023_tables8_11", "He et al. 2023, tables 8-11: pre-training on synthetic data", 2),
            new Entered("he2023_figure1", "He et al. 2023, figure 1: few-shot accuracy, read off the figure", 1),
            new Entered("imaginefsl", "ImagineFSL 2025: few-shot accuracy", 1),
            new Entered("imaginefsl_lora", "ImagineFSL 2025 with LoRA: few-shot accuracy", 1),
            new Entered(CLASS_INCREMENTAL, "class-incremental accuracies of ZSCL, GIFT and others, and how far to trust each", 2));

    private final Published published;

    public PublishedTables(Published published) {
        this.published = published;
    }

    /** Transfer, Avg and Last of every method of an order, one row each. */
    public ResultTable main(Order order) {
        ResultTable.Builder table = new ResultTable.Builder("published_order_" + order)
                .text("method").numbers(Metric.ids()).text("source");
        for (String method : published.methods(order)) {
            List<Object> row = new ArrayList<>(List.of(method));
            for (Metric metric : Metric.values()) {
                row.add(published.average(order, method, metric).orElse(Double.NaN));
            }
            row.add(Stream.of(Metric.values()).flatMap(m -> published.row(order, method, m).stream())
                    .map(Published.Row::source).findFirst().orElse(FROM_MATRICES));
            table.row(row);
        }
        return table.build("published Transfer, Avg, Last of MTIL Order " + order, 1, List.of());
    }

    /** One metric of every method, a column for each data set in the order of training. */
    public ResultTable perTask(Order order, Metric metric) {
        List<String> tasks = published.tasks(order);
        ResultTable.Builder table = new ResultTable.Builder("published_order_" + order + "_" + metric.id())
                .text("method").numbers(tasks).numbers(List.of("average"));
        for (String method : published.methods(order)) {
            List<Object> row = new ArrayList<>(List.of(method));
            Optional<Published.Row> printed = published.row(order, method, metric);
            if (printed.isPresent()) {
                Map<String, Double> values = printed.get().perTask();
                tasks.forEach(task -> row.add(values.getOrDefault(task, Double.NaN)));
                row.add(printed.get().average());
            } else if (!published.matrices(order).of(method).isEmpty()) {
                StudyRuns.Run run = published.matrices(order).of(method).get(0);
                row.addAll(metric.perTask(run.metrics()));
                row.add(metric.of(run.metrics()));
            } else {
                continue;
            }
            table.row(row);
        }
        return table.build("published " + metric.id() + " of MTIL Order " + order + ", each data set", 1, List.of());
    }

    /** The averages that the published matrices give, beside the printed ones. */
    public ResultTable recomputed(Order order) {
        ResultTable.Builder table = new ResultTable.Builder("published_order_" + order + "_recomputed")
                .text("method", "metric").numbers(List.of("recomputed", "printed", "difference"));
        for (StudyRuns.Run run : published.matrices(order).runs()) {
            for (Metric metric : Metric.values()) {
                double value = metric.of(run.metrics());
                double printed = published.row(order, run.method(), metric).map(Published.Row::average).orElse(Double.NaN);
                table.row(run.method(), metric.id(), value, printed, value - printed);
            }
        }
        return table.build("averages recomputed from the published matrices of Order " + order + ", beside the printed", 2,
                List.of());
    }

    /** The tables of other papers, and where all numbers come from: what they are, by name. */
    static Map<String, String> entered() {
        return ENTERED.stream().collect(Collectors.toMap(Entered::name, Entered::description, (a, b) -> a, LinkedHashMap::new));
    }

    /** A table as it is entered; columns in which every cell is a number become numbers. */
    public ResultTable entered(String name) {
        return entered(ENTERED.stream().filter(e -> e.name.equals(name)).findFirst().orElseThrow());
    }

    private ResultTable entered(Entered what) {
        Path file = published.file(what.name + ".csv");
        List<List<String>> lines = Csv.read(file);
        List<String> header = lines.get(0);
        List<List<String>> rows = lines.subList(1, lines.size());
        for (List<String> row : rows) {
            if (row.size() != header.size()) {
                throw new InputException(file + ": a row of " + row.size() + " fields, the header has " + header.size());
            }
        }
        ResultTable.Builder table = new ResultTable.Builder(what.name);
        boolean[] whole = new boolean[header.size()];
        boolean[] fraction = new boolean[header.size()];
        for (int j = 0; j < header.size(); j++) {
            int column = j;
            whole[j] = rows.stream().allMatch(row -> row.get(column).matches("\\d{1,9}"));
            fraction[j] = !whole[j] && rows.stream().allMatch(row -> row.get(column).matches("\\d+(\\.\\d+)?"));
            if (whole[j]) {
                table.whole(header.get(j));
            } else if (fraction[j]) {
                table.numbers(List.of(header.get(j)));
            } else {
                table.text(header.get(j));
            }
        }
        for (List<String> row : rows) {
            table.row(IntStream.range(0, row.size()).<Object>mapToObj(j -> whole[j] ? Integer.valueOf(row.get(j))
                    : fraction[j] ? Double.valueOf(row.get(j)) : row.get(j)).toList());
        }
        return table.build(what.description, what.decimals, List.of());
    }
}
