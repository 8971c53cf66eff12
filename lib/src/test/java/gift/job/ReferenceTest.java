package gift.job;

import static org.assertj.core.api.Assertions.assertThat;

import gift.results.tables.ResultTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every committed number comes from the committed matrices: one changed cell, and a table or the README differs. */
class ReferenceTest {
    private static final Path REFERENCE = Path.of("../results/mini");
    private static final Path PUBLISHED = Path.of("../results/published");
    private static final Path README = Path.of("../README.md");

    @BeforeEach
    void isCommitted() {
        Assumptions.assumeTrue(Files.isDirectory(REFERENCE.resolve("matrices")),
                "no results/mini/matrices yet: gift study --size full, then gift study --size full --publish");
    }

    @Test
    void tablesAreThoseOfTheMatrices() throws IOException {
        Outputs outputs = new Publication(REFERENCE).outputs(PUBLISHED);
        TreeSet<String> expected = new TreeSet<>();
        for (String study : outputs.studies()) {
            for (ResultTable table : outputs.tables(study).values()) {
                Path file = REFERENCE.resolve("tables").resolve(table.name());
                assertThat(Path.of(file + ".csv")).hasContent(table.csv());
                assertThat(Path.of(file + ".md")).hasContent(table.markdown());
                expected.addAll(List.of(table.name() + ".csv", table.name() + ".md"));
            }
        }
        try (Stream<Path> files = Files.list(REFERENCE.resolve("tables"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void theReadmeShowsTheMainTables() throws IOException {
        String page = Files.readString(README);
        assertThat(new Publication(REFERENCE).replaced(page, README, PUBLISHED)).isEqualTo(page);
    }
}
