package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.diffusion.TinyDiffusion;
import gift.io.Csv;
import gift.io.Hashes;
import gift.study.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gift study}: two tiny studies as one job, in two processes. */
class StudyJobTest {
    private static final String STUDY = """
            {"name": "%s", "data": ".", "model": "clip.json", "tasks": [%s], "seeds": [1, 2],
             "references": {"synthetic": {"plan": "plan.json"}},
             "methods": {"finetune": {}, "gift": {}},
             "training": {"iterations": 30, "batch_size": 4, "reference_batch_size": 4, "learning_rate": 1e-3,
             "warmup": 5, "checkpoint_every": 5}, "keep_weights": "none"}
            """;

    @TempDir
    Path folder;

    private SmallStudy study;
    private Path job;

    @BeforeEach
    void make() {
        study = new SmallStudy(folder);
        TinyDiffusion.write(folder.resolve("sd"));
        study.write("prompts.txt", "red\ngreen\n");
        study.write("plan.json", """
                {"model": "sd", "generic": "any", "tasks": ["first", "second"], "images": 6, "output": "set", "device": "cpu",
                 "prompts": {"any": "prompts.txt", "first": "prompts.txt", "second": "prompts.txt"},
                 "sampling": {"steps": 2, "width": 32, "height": 32, "batch": 2}}
                """);
        study.write("one.json", STUDY.formatted("one", "\"first\", \"second\""));
        study.write("two.json", STUDY.formatted("two", "\"second\", \"first\""));
        job = study.write("job.json", """
                {"name": "tiny", "sizes": {
                  "default": [{"study": "one.json"}, {"study": "two.json", "methods": ["gift"], "seeds": [2]}],
                  "quick": [{"study": "one.json", "methods": ["finetune"], "seeds": [1]}]}}
                """);
    }

    private Object[] arguments(Path results, Object... more) {
        return Stream.concat(Stream.of("study", job, "--results", results, "--processes", 2, "--published",
                "../results/published", "--reference", folder.resolve("reference")), Stream.of(more)).toArray();
    }

    /** Tables and matrices by name, with their hashes. */
    private static Map<String, String> content(Path results) throws IOException {
        try (Stream<Path> files = Files.walk(results)) {
            return files.filter(file -> file.endsWith("matrix.csv") || file.startsWith(results.resolve("tables")))
                    .filter(Files::isRegularFile).collect(Collectors.toMap(file -> results.relativize(file).toString(),
                            Hashes::sha256, (a, b) -> a, TreeMap::new));
        }
    }

    @Test
    void killedAtRandomItEndsInTheSameTables() throws Exception {
        Path whole = folder.resolve("whole");
        Terminal terminal = Terminal.run(arguments(whole));
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.code()).isZero();
        assertThat(terminal.out().lines().filter(line -> line.matches("\\d of 5: (one|two), (finetune|gift) seed [12]: .* s")))
                .hasSize(5);
        assertThat(content(whole)).hasSize(5 + 2 * 4 * 2);
        assertThat(folder.resolve("set/second_Syn/image_text.csv")).exists();
        assertThat(Provenance.read(whole.resolve("runs/one/gift/1/provenance.json")).environment().threads()).isEqualTo(1);

        Path killed = folder.resolve("killed");
        for (int attempt = 0; attempt < 2; attempt++) {
            Process parent = Forked.start(arguments(killed));
            until(parent, killed.resolve("runs/one/" + (attempt == 0 ? "gift/1" : "finetune/1") + "/losses/01_first.csv"));
            Thread.sleep(61L * attempt);
            List<ProcessHandle> workers = parent.children().toList();
            assertThat(workers).isNotEmpty();
            parent.destroyForcibly().waitFor(); // kill -9: nobody tells the workers
            for (ProcessHandle worker : workers) {
                worker.onExit().get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(content(killed)).doesNotContainKey("tables/one.csv");

        Path log = folder.resolve("log.txt");
        Process parent = Forked.startLogged(log, arguments(killed));
        until(parent, killed.resolve("runs/two/gift/2/losses/02_first.csv"));
        parent.children().forEach(ProcessHandle::destroyForcibly);
        assertThat(parent.waitFor()).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log)).contains("a process ended with code 137 at ", ".logs", "tried once more");
        assertThat(content(killed)).isEqualTo(content(whole));

        page(whole);
        publication(whole);
        publishedRunsThatAreNotHere(whole);
        onlyOneTable(whole);
        finishedRunsOfOtherSettings(whole);
    }

    @Test
    void tuningRunsItsTrialsSideBySide() {
        Path tuning = study.write("tuning.json", """
                {"study": "one.json", "tasks": ["second", "first"], "seeds": [3],
                 "grids": {"finetune": {"training.learning_rate": [1e-3, 1e-4]}}}
                """);
        Path results = folder.resolve("tuned");
        Terminal terminal = Terminal.run("tune", tuning, "--results", results, "--processes", 2);
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.out()).contains("2 of 2: tuning, finetune.").contains("{\"training.learning_rate\":1.0E-4}");
        assertThat(Csv.read(results.resolve("runs/tuning/outcomes.csv"))).hasSize(3)
                .anySatisfy(row -> assertThat(row).contains("finetune.1", "yes"));
    }

    /** As by gift run: finished runs are evaluated on it by the weights that they kept. */
    @Test
    void watchedSetsAddedLater() {
        String settings = """
                {"name": "three", "data": ".", "model": "clip.json", "tasks": ["first", "second"], %s
                 "methods": {"finetune": {}}, "training": {"iterations": 3, "batch_size": 4, "warmup": 1}}
                """;
        study.write("three.json", settings.formatted(""));
        Path small = study.write("small.json", "{\"name\": \"small\", \"sizes\": {\"default\": [{\"study\": \"three.json\"}]}}");
        Path results = folder.resolve("small results");
        Object[] arguments = {"study", small, "--results", results, "--processes", 1, "--published", "../results/published",
            "--reference", folder.resolve("reference")};
        Path run = results.resolve("runs/three/finetune/42");
        assertThat(Terminal.run(arguments).code()).isZero();
        String matrix = Hashes.sha256(run.resolve("matrix.csv"));
        assertThat(run.resolve("watched.csv")).doesNotExist();

        study.write("three.json", settings.formatted("\"watched\": [\"web\"],"));
        Terminal report = Terminal.run(Stream.concat(Stream.of(arguments), Stream.of("--report")).toArray());
        assertThat(report.err()).contains("is finished without some of the watched data sets").hasLineCount(1);
        Terminal again = Terminal.run(arguments);
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out()).contains("1 of 1: three, finetune seed 42");
        assertThat(Csv.read(run.resolve("watched.csv"))).hasSize(4).first().asList().containsExactly("after_training_on", "web");
        assertThat(Hashes.sha256(run.resolve("matrix.csv"))).isEqualTo(matrix);
        assertThat(Terminal.run(arguments).out()).contains("1 runs, 1 finished before");
    }

    private static void until(Process process, Path sign) throws InterruptedException {
        while (process.isAlive() && !Files.exists(sign)) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
    }

    private static void page(Path results) throws IOException {
        String page = Files.readString(results.resolve("report.html"));
        assertThat(page).contains("<h2>one</h2>", "data:image/png;base64,", "no committed reference")
                .doesNotContain("http:", "https:", "<script", "<link");
        assertThat(page.split("src=\"", -1)).hasSize(1 + page.split("src=\"data:", -1).length - 1);
    }

    /** What is published is what the runs gave, and then everything compares as identical. */
    private void publication(Path results) throws IOException {
        Path readme = study.write("README.md", "before\n<!-- results:begin -->\nold\n<!-- results:end -->\nafter\n");
        Terminal terminal = Terminal.run(arguments(results, "--publish", "--readme", readme));
        assertThat(terminal.err()).isEmpty();
        assertThat(folder.resolve("reference/matrices/one/gift/2.csv"))
                .hasSameTextualContentAs(results.resolve("runs/one/gift/2/matrix.csv"));
        assertThat(folder.resolve("reference/tables/two.csv")).hasSameTextualContentAs(results.resolve("tables/two.csv"));
        assertThat(Files.readString(folder.resolve("reference/provenance.json"))).contains("\"two/gift/2\"", "wall_seconds");
        assertThat(Files.readString(readme)).startsWith("before\n<!-- results:begin -->\n\n**one**\n\n| method |")
                .endsWith("|\n\n<!-- results:end -->\nafter\n").contains("**two**").doesNotContain("old");

        assertThat(Terminal.run(arguments(results, "--report")).out()).contains(
                "9 of 9 numbers of the committed reference reproduced; 5 of 5 matrices bit-identical");
        assertThat(Files.readString(results.resolve("report.html"))).contains("<details>\n"); // folded
        assertThat(Csv.read(results.resolve("tables/comparison.csv")).get(1))
                .contains("one", "finetune", "transfer", "reproduced", "2");
    }

    /** Their numbers stay, if the file of the study says what they were made with. */
    private void publishedRunsThatAreNotHere(Path results) throws IOException {
        Path run = results.resolve("runs/two/gift/2");
        Path readme = folder.resolve("README.md");
        Files.move(run, folder.resolve("gone"));
        assertThat(Terminal.run(arguments(results, "--publish", "--readme", readme)).code()).isZero();
        assertThat(folder.resolve("reference/matrices/two/gift/2.csv"))
                .hasSameTextualContentAs(folder.resolve("gone/matrix.csv"));
        assertThat(Files.readString(folder.resolve("reference/provenance.json"))).contains("\"two/gift/2\"");

        String two = Files.readString(folder.resolve("two.json"));
        study.write("two.json", two.replace("\"learning_rate\": 1e-3", "\"learning_rate\": 1e-4"));
        assertThat(Terminal.run(arguments(results, "--publish", "--readme", readme)).err())
                .contains("not finished: two/gift/2, which is published with other settings").hasLineCount(1);
        study.write("two.json", two);
        Files.move(folder.resolve("gone"), run);
    }

    private void onlyOneTable(Path results) throws IOException {
        Files.move(results.resolve("runs/two/gift/2"), folder.resolve("away"));
        Terminal terminal = Terminal.run(arguments(results, "--only", "one_seeds"));
        assertThat(terminal.out()).startsWith("4 runs, 4 finished before").contains("backward_transfer");
        assertThat(results.resolve("runs/two/gift/2")).doesNotExist();
        assertThat(Terminal.run(arguments(results, "--only", "published_order_I")).out()).contains("77.3");
    }

    /** They are refused before anything is shown; of images that were deleted nothing can be told. */
    private void finishedRunsOfOtherSettings(Path results) throws IOException {
        changed("one.json", "\"learning_rate\": 1e-3", "\"learning_rate\": 1e-4", results,
                "one/finetune/1 holds a run with other settings: training[0].learning_rate was 0.001 and is now 1.0E-4");
        changed("plan.json", "\"steps\": 2", "\"steps\": 3", results, "set holds images of another plan: steps was 2, is now 3");
        Files.move(folder.resolve("set"), folder.resolve("set_away"));
        assertThat(Terminal.run(arguments(results, "--only", "one")).out()).startsWith("4 runs, 4 finished before");
        assertThat(folder.resolve("set")).doesNotExist();
    }

    private void changed(String file, String before, String now, Path results, String refusal) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(before);
        study.write(file, text.replace(before, now));
        for (String more : List.of("--only=one", "--report", "--publish")) {
            Terminal terminal = Terminal.run(arguments(results, more));
            assertThat(terminal.err()).contains(refusal).hasLineCount(1);
            assertThat(terminal.out()).isEmpty();
            assertThat(terminal.code()).isEqualTo(2);
        }
        study.write(file, text);
    }

    /** SIGTERM: the workers end at their checkpoints, and the job says that it goes on from there. */
    @Test
    void theUserEndsIt() throws Exception {
        Path results = folder.resolve("ended");
        Path log = folder.resolve("log.txt");
        Process parent = Forked.startLogged(log, arguments(results, "--size", "quick"));
        until(parent, results.resolve("runs/one/finetune/1/losses/01_first.csv"));
        List<ProcessHandle> workers = parent.children().toList();
        parent.destroy();
        assertThat(parent.waitFor()).as(Files.readString(log)).isEqualTo(130);
        assertThat(workers).noneMatch(ProcessHandle::isAlive);
        assertThat(Files.readString(log)).contains("gift: stopped at a checkpoint; the same command goes on from there");

        // other settings are refused until the earlier run is forgotten
        study.write("one.json", Files.readString(folder.resolve("one.json")).replace("\"iterations\": 30", "\"iterations\": 3"));
        Terminal other = Terminal.run(arguments(results, "--size", "quick"));
        assertThat(other.err()).contains("training[0].iterations was 30 and is now 3; start over with --restart").hasLineCount(1);
        assertThat(other.code()).isEqualTo(2);
        assertThat(Terminal.run(arguments(results, "--size", "quick", "--restart")).code()).isZero();
    }

    @Test
    void thePaperProfileSaysWhatItNeeds() {
        Terminal terminal = Terminal.run("study", "../data/studies/mini.json", "--profile", "paper");
        assertThat(terminal.out()).contains("missing  data sets and weights", "gift data get paper",
                "gift doctor ../data/studies/mtil_order_I.json", "gift run ../data/studies/mtil_ablations.json",
                "gift run ../data/studies/mtil_order_I.json --dry");
        assertThat(terminal.code()).isEqualTo(2);
    }

    @Test
    void badInput() throws IOException {
        refused("no size 'quik' (did you mean 'quick'?", "--size", "quik");
        refused("no table 'one_sed' (did you mean 'one_seeds'?", "--only", "one_sed");
        refused("--processes 0 must be at least 1", "--processes", "0");
        refused("go with neither --only nor --restart", "--only", "one", "--report");
        refused("not finished: one/finetune/1; run the job first", "--publish");
        change("\"finetune\"", "\"finetun\"", "quick, one.json: study: no method 'finetun' in it (did you mean 'finetune'?");
        change("\"seeds\": [1]", "\"seeds\": [7]", "no seed 7 in it, only [1, 2]");
        change("\"methods\": [\"finetune\"]", "\"method\": [\"finetune\"]", "unknown key 'method'");
        change("one.json\", \"m", "none.json\", \"m", "no file " + folder.resolve("none.json"));
        change("\"quick\": [{", "\"quick\": [], \"more\": [{", "size quick is empty");
        study.write("two.json", Files.readString(folder.resolve("two.json")).replace("\"two\"", "\"one\""));
        refused("are both named one");
        assertThat(folder.resolve("bad")).doesNotExist();
    }

    private void change(String before, String after, String part) throws IOException {
        String text = Files.readString(job);
        assertThat(text).contains(before);
        study.write("job.json", text.replace(before, after));
        refused(part, "--size", "quick");
        study.write("job.json", text);
    }

    private void refused(String part, Object... more) {
        Object[] all = Stream.concat(Stream.of("study", job, "--results", folder.resolve("bad"), "--published",
                "../results/published", "--reference", folder.resolve("reference")), Stream.of(more)).toArray();
        Terminal terminal = Terminal.run(all);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ");
        assertThat(terminal.code()).isEqualTo(2);
    }
}
