package gift.results.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gift.Shared;
import gift.io.Csv;
import gift.io.InputException;
import gift.results.MethodNames;
import gift.results.Metric;
import gift.results.StudyRuns;
import gift.results.tables.Published.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;

/** What was entered under {@code results/published}, against where it was read. */
class PublishedTest {
    static final Path FOLDER = Path.of("../results/published");

    private final Published published = new Published(FOLDER);

    @TempDir
    Path root;

    @Test
    void everyRowIsAsPublished() throws IOException {
        JsonNode rows = new ObjectMapper().readTree(Shared.require("paper/mtil_reference_results.json").toFile()).get("rows");
        assertThat(rows).hasSize(56);
        assertThat(published.rows()).hasSize(56);
        for (JsonNode row : rows) {
            Published.Row ours = published.row(Order.valueOf(row.get("order").asText()),
                    MethodNames.idOfPublished(row.get("method").asText()),
                    Metric.of(row.get("metric").asText().toLowerCase(Locale.ROOT), "")).orElseThrow();
            assertThat(ours.average()).isEqualTo(row.get("average").asDouble());
            Map<String, Double> perTask = new ObjectMapper().convertValue(row.get("per_dataset"),
                    new TypeReference<Map<String, Double>>() {});
            assertThat(ours.perTask()).isEqualTo(perTask);
        }
    }

    @Test
    void everyRowIsInATable() {
        PublishedTables tables = new PublishedTables(published);
        for (Published.Row row : published.rows()) {
            Table all = tables.perTask(row.order(), row.metric()).data();
            Table own = all.where(all.stringColumn("method").isEqualTo(row.method()));
            assertThat(own.rowCount()).as(row.toString()).isOne();
            assertThat(own.doubleColumn("average").get(0)).isEqualTo(row.average());
            row.perTask().forEach((task, value) -> assertThat(own.doubleColumn(task).get(0)).isEqualTo(value));
            Table main = tables.main(row.order()).data();
            assertThat(main.where(main.stringColumn("method").isEqualTo(row.method())).doubleColumn(row.metric().id()).get(0))
                    .isEqualTo(row.average());
        }
    }

    /** GIFT's averages as the issue of this project and the paper state them. */
    @Test
    void theMainResults() {
        for (Metric metric : Metric.values()) {
            assertThat(published.average(Order.I, "gift", metric)).hasValue(List.of(69.3, 77.3, 86.0).get(metric.ordinal()));
            assertThat(published.average(Order.II, "gift", metric)).hasValue(List.of(65.9, 75.7, 85.3).get(metric.ordinal()));
        }
    }

    @Test
    void theMatricesAreAsPublishedAndGiveThePublishedAverages() throws IOException {
        Path folder = Shared.require("paper/mtil_matrices");
        JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        assertThat(expected).hasSize(16);
        for (JsonNode one : expected) {
            String file = one.get("matrix").asText();
            Order order = file.startsWith("order_II_") ? Order.II : Order.I;
            String method = file.replaceFirst("order_I+_", "").replace(".csv", "").replace("continual_finetune", "finetune");
            StudyRuns.Run run = published.matrices(order).run(method, null);
            assertThat(Csv.read(FOLDER.resolve("matrices/order_" + order + "/" + method + ".csv")))
                    .isEqualTo(Csv.read(folder.resolve(file)));
            assertThat(run.metrics().transfer()).isCloseTo(one.get("transfer").asDouble(), within(5.1e-5));
            assertThat(run.metrics().avg()).isCloseTo(one.get("avg").asDouble(), within(5.1e-5));
            assertThat(run.metrics().last()).isCloseTo(one.get("last").asDouble(), within(5.1e-5));
        }
    }

    /** Half a unit of the one decimal that is printed. */
    @Test
    void recomputedAndPrintedAgree() {
        int compared = 0;
        for (Order order : Order.values()) {
            Table table = new PublishedTables(published).recomputed(order).data();
            assertThat(table.rowCount()).isEqualTo(24);
            for (double difference : table.doubleColumn("difference").removeMissing()) {
                assertThat(Math.abs(difference)).isLessThanOrEqualTo(0.05);
                compared++;
            }
        }
        assertThat(compared).isEqualTo(20 + 18);
    }

    @Test
    void theSmallTablesAreAsPublished() {
        Path paper = Shared.require("paper");
        same("he2023_table1", paper.resolve("synthetic_data_he2023/table1.csv"));
        same("he2023_tables8_11", paper.resolve("synthetic_data_he2023/tables8_11.csv"));
        same("he2023_figure1", paper.resolve("synthetic_data_he2023/figure1_digitised.csv"));
        same("imaginefsl", paper.resolve("imaginefsl/ImagineFSL.csv"));
        same("imaginefsl_lora", paper.resolve("imaginefsl/ImagineFSL_LoRA.csv"));
    }

    private void same(String name, Path original) {
        List<List<String>> theirs = Csv.read(original);
        Table table = new PublishedTables(published).entered(name).data();
        assertThat(table.rowCount()).isEqualTo(theirs.size() - 1);
        for (int r = 0; r < table.rowCount(); r++) {
            for (int c = 0; c < table.columnCount(); c++) {
                String cell = theirs.get(r + 1).get(c);
                if (table.column(c) instanceof NumericColumn<?> numbers) {
                    assertThat(numbers.getDouble(r)).isEqualTo(Double.parseDouble(cell));
                } else {
                    assertThat(table.getString(r, c)).isEqualTo(cell.equals("Average(printed)") ? "average_printed" : cell);
                }
            }
        }
    }

    @Test
    void everySourceIsNamed() {
        Table sources = new PublishedTables(published).entered("sources").data();
        assertThat(published.rows()).allSatisfy(row ->
                assertThat(sources.stringColumn("source").asList()).contains(row.source()));
        assertThat(sources.stringColumn("source").asList())
                .contains("he2023_table1", "he2023_tables8_11", "he2023_figure1", "imaginefsl", "imaginefsl_lora");
    }

    @Test
    void brokenFilesAreNamed() throws IOException {
        assertThatThrownBy(() -> new Published(root)).isInstanceOf(InputException.class).hasMessageContaining("mtil_rows.csv");
        String head = "order,method,metric,A,average,source\n";
        for (String[] bad : new String[][] {
            {"order,method,A\n", "first row"},
            {head + "I,GIFT,transfer,1,2\n", "row 1", "5 fields"},
            {head + "III,GIFT,transfer,1,2,x\n", "row 1", "III"},
            {head + "I,GIFT,transfr,1,2,x\n", "row 1", "transfr", "transfer"},
            {head + "I,GIFT,transfer,one,2,x\n", "row 1", "'one'"},
            {head + "I,GIFT,transfer,1,2,x\n", "matrices"},
        }) {
            Files.writeString(root.resolve("mtil_rows.csv"), bad[0]);
            assertThatThrownBy(() -> new Published(root)).isInstanceOf(InputException.class)
                    .hasMessageContainingAll(Arrays.copyOfRange(bad, 1, bad.length));
        }
    }
}
