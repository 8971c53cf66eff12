package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Csv;
import gift.io.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A class-incremental study as part of a job: its tables, its figures, its place in the committed reference. */
class IncrementalJobTest {
    @TempDir
    Path folder;

    private Path job;

    private Terminal run(Object... more) {
        Terminal terminal = Terminal.run(Stream.concat(Stream.of("study", job, "--results", folder.resolve("results"), "--processes",
                1, "--published", "../results/published", "--reference", folder.resolve("reference")), Stream.of(more)).toArray());
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.code()).isZero();
        return terminal;
    }

    @Test
    void tablesFiguresAndReference() throws IOException {
        SmallStudy small = new SmallStudy(folder);
        String settings = """
                {"name": "%s", "data": ".", "model": "clip.json", "tasks": ["first"], "seeds": [1, 2], %s "methods": {"finetune": {}},
                 "training": {"iterations": 2, "batch_size": 4, "warmup": 1}}
                """;
        small.write("plain.json", settings.formatted("plain", ""));
        small.write("grown.json", settings.formatted("grown",
                "\"scenario\": {\"class_incremental\": {\"initial\": 2, \"increment\": 1, \"images_per_class\": 3}}, "));
        job = small.write("job.json", """
                {"name": "tiny", "sizes": {"default": [{"study": "plain.json"}, {"study": "grown.json"}],
                 "grown": [{"study": "grown.json"}]}}
                """);
        Path readme = small.write("README.md", "<!-- results:begin -->\n<!-- results:end -->\n");
        Path results = folder.resolve("results");
        Path reference = folder.resolve("reference");

        run();
        assertThat(Csv.read(results.resolve("tables/grown_incremental_seeds.csv"))).hasSize(3);
        assertThat(results.resolve("tables/grown_tasks.csv")).doesNotExist();
        assertThat(results.resolve("figures/grown_confusion.png")).exists();
        assertThat(Files.readString(results.resolve("report.html"))).contains("grown_classes");
        assertThat(run("--only", "grown_incremental_steps").out()).contains("2 runs, 2 finished before");

        run("--publish", "--readme", readme);
        Path matrix = reference.resolve("matrices/grown/finetune/1.csv");
        String plain = Hashes.sha256(reference.resolve("matrices/plain/finetune/1.csv"));
        assertThat(matrix).exists();
        assertThat(matrix.resolveSibling("1.seen.csv"))
                .hasSameTextualContentAs(results.resolve("runs/grown/finetune/1/seen.csv"));
        assertThat(Files.readString(readme)).contains("**plain**").contains("| method | seeds | avg | last |");
        assertThat(run("--report").out()).contains("4 of 4 numbers of the committed reference reproduced; 4 of 4 matrices");

        // the reference of another study stays, with what is known of its runs
        run("--size", "grown", "--publish", "--readme", readme);
        assertThat(Hashes.sha256(reference.resolve("matrices/plain/finetune/1.csv"))).isEqualTo(plain);
        assertThat(reference.resolve("tables/plain.csv")).exists();
        assertThat(Files.readString(reference.resolve("provenance.json"))).contains("\"plain/finetune/2\"", "\"grown/finetune/2\"");
    }
}
