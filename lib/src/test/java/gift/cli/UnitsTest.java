package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.diffusion.TinyDiffusion;
import gift.io.Hashes;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gift units}, {@code unit}, {@code status} and {@code submit --dry}: units one by one make what one process makes. */
class UnitsTest {
    @TempDir
    Path folder;

    private SmallStudy study;
    private Path plan;

    @BeforeEach
    void make() {
        study = new SmallStudy(folder);
        study.write("study.json", """
                {"name": "small", "data": ".", "model": "clip.json", "tasks": ["first", "second"], "seeds": [1, 2],
                 "references": {"synthetic": {"set": "web", "pictures": 0}}, "methods": {"finetune": {}, "gift": {}},
                 "training": {"iterations": 10, "batch_size": 4, "reference_batch_size": 4, "warmup": 2}}
                """);
        TinyDiffusion.write(folder.resolve("sd"));
        study.write("prompts.txt", "red\ngreen\n");
        plan = study.write("plan.json", """
                {"model": "sd", "generic": "any", "tasks": ["first", "second"], "images": 6, "output": "out/set", "device": "cpu",
                 "prompts": {"any": "prompts.txt", "first": "prompts.txt", "second": "prompts.txt"},
                 "sampling": {"steps": 2, "width": 32, "height": 32, "batch": 2}}
                """);
    }

    private Terminal gift(String command, Path file, Object... more) {
        return Terminal.run(Stream.concat(Stream.of(command, file, "--results", folder.resolve("results"), "--reference",
                folder.resolve("reference"), "--published", "../results/published", "--device", "cpu"), Stream.of(more)).toArray());
    }

    private static Map<String, String> content(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("provenance.json") && !file.endsWith(".lock"))
                    .collect(Collectors.toMap(file -> root.relativize(file).toString(), Hashes::sha256, (a, b) -> a, TreeMap::new));
        }
    }

    @Test
    void runsOneByOne() throws IOException {
        Terminal listed = gift("units", study.file);
        assertThat(listed.out()).isEqualTo("""
                     0  small/finetune/1
                     1  small/gift/1
                     2  small/finetune/2
                     3  small/gift/2
                """);
        assertThat(Terminal.run("run", study.file, "--results", folder.resolve("whole"), "--device", "cpu").code()).isZero();
        assertThat(gift("unit", study.file, "--index", 3).out()).isEqualTo("unit 3, small/gift/2, is done\n");
        assertThat(gift("units", study.file).out()).contains("     2  small/finetune/2\n     3  small/gift/2  done");
        assertThat(gift("units", study.file, "--json").out()).contains("{\"index\":3,\"id\":\"small/gift/2\",\"done\":true}");
        assertThat(gift("status", study.file).out()).isEqualTo("1 of 4 done, 0 running, 0 failed, 3 left\n");
        Terminal early = gift("units", study.file, "--collect");
        assertThat(early.code()).isEqualTo(1);
        assertThat(early.out()).contains("1 units in 1 attempts", "missing: unit 0, small/finetune/1");
        assertThat(gift("unit", study.file, "--index", 0, "--pack", 3).code()).isZero();
        assertThat(gift("unit", study.file, "--index", 1, "--pack", 3).out()).isEqualTo("unit 3, small/gift/2, is done already\n");
        assertThat(content(folder.resolve("results/runs/small"))).isEqualTo(content(folder.resolve("whole/small")));

        Terminal collected = gift("units", study.file, "--collect");
        assertThat(collected.code()).as(collected.err()).isZero();
        assertThat(collected.out()).contains("4 units in 4 attempts", "4 of 4 done, 0 running, 0 failed, 0 left", "report: ");
        assertThat(folder.resolve("results/tables/small.csv")).exists();

        refused("index 4 is past the end: 4 units are numbered 0 to 3", gift("unit", study.file, "--index", 4));
        Terminal changed = gift("unit", study.file, "--index", 0, "--expect", "00000000");
        refused("the file has other units than when it was submitted", changed);
        study.write("study.json", Files.readString(study.file).replace("\"iterations\": 10", "\"iterations\": 9").replace("[1, 2]", "[1, 2, 3]"));
        refused("holds a run with other settings", gift("submit", study.file, "--to", "slurm", "--dry", "--no-estimate"));
    }

    @Test
    void batchesInPacks() throws IOException {
        assertThat(gift("units", plan).out()).startsWith("     0  first/7.5/0\n").hasLineCount(6);
        assertThat(gift("unit", plan, "--index", 1, "--pack", 4).out()).isEqualTo(
                "unit 4, second/7.5/1, is done\nunit 5, second/7.5/2, is done\n");
        assertThat(gift("status", plan).out()).isEqualTo("2 of 6 done, 0 running, 0 failed, 4 left\n");
        Terminal early = gift("units", plan, "--collect");
        assertThat(early.code()).isEqualTo(1);
        assertThat(early.out()).contains("8 of 12 images are still to be made", "missing: unit 0, first/7.5/0");
        gift("unit", plan, "--index", 0, "--pack", 4);
        assertThat(folder.resolve("out/set/first_Syn/image_text.csv")).doesNotExist();
        assertThat(gift("units", plan, "--collect").code()).isZero();
        Path whole = study.write("whole.json", Files.readString(plan).replace("out/set", "whole"));
        assertThat(Terminal.run("generate", whole).code()).isZero();
        assertThat(content(folder.resolve("out/set"))).isEqualTo(content(folder.resolve("whole")));
    }

    @Test
    void submitted() {
        study.write("study.json", """
                {"name": "drawn", "data": ".", "model": "clip.json", "tasks": ["first", "second"], "seeds": [1],
                 "references": {"synthetic": {"plan": "plan.json"}}, "methods": {"gift": {}},
                 "training": {"iterations": 10, "batch_size": 4, "reference_batch_size": 4, "warmup": 2}}
                """);
        Terminal slurm = gift("submit", study.file, "--to", "slurm", "--dry", "--no-estimate", "--gpus", 0, "--cpus", 1);
        assertThat(slurm.code()).as(slurm.err()).isZero();
        assertThat(slurm.out()).contains("plan.json: 6 units in 6 tasks", "study.json: 1 units in 1 tasks", "#SBATCH --array=0-5",
                "#SBATCH --array=0-0", "unit " + study.file.toAbsolutePath()).doesNotContain("--gres");
        assertThat(gift("submit", plan, "--to", "kubernetes", "--dry", "--no-estimate", "--image", "gift", "--claim", "shared").out())
                .startsWith("{").contains("\"completions\" : 6");
        refused("to Kubernetes only with --dry", gift("submit", plan, "--to", "kubernetes"));
        refused("a Job needs --image", gift("submit", plan, "--to", "kubernetes", "--dry"));
    }

    /** What the doctor says becomes limits of time and memory; what the user says comes before it. */
    @Test
    void estimated() {
        assertThat(gift("units", study.file, "--estimate").out()).as("its weights are not made yet")
                .contains("     3  small/gift/2  no estimate: gift doctor");
        study.write("study.json", """
                {"name": "small", "data": "mini", "model": "%s", "tasks": ["pets", "land"], "seeds": [1, 2], "methods": {"finetune": {}},
                 "training": {"iterations": 10, "batch_size": 4, "warmup": 2}, "test_pictures": 20}
                """.formatted(Path.of("../data/mini/clip").toAbsolutePath().normalize()));
        assertThat(gift("units", study.file, "--estimate").out()).containsPattern("     0  small/finetune/1  about .+, \\d\\.\\d GiB\n");
        assertThat(gift("units", plan, "--json", "--estimate").out()).containsPattern("\"done\":false,\"seconds\":[0-9.E-]+,\"memory\":\\d{9},");
        assertThat(gift("submit", study.file, "--to", "slurm", "--dry").out()).contains("the longest takes about ")
                .containsPattern("#SBATCH --time=1\\d\n#SBATCH --mem=\\d{3,4}M\n");
        assertThat(gift("submit", study.file, "--to", "slurm", "--dry", "--time", 90, "--memory", 5000).out())
                .contains("#SBATCH --time=90\n#SBATCH --mem=5000M\n").doesNotContain("the longest");
        assertThat(gift("submit", plan, "--to", "spark://h1:7077,h2:7077", "--dry", "--pack", 4, "--gpus", 2).out())
                .contains("6 units in 2 tasks", "--master spark://h1:7077,h2:7077 --name gift-set", "spark.task.resource.gpu.amount=2",
                        "--class gift.spark.Driver", "gift-spark.jar 2 4 ", "unit " + plan, "--pack 4 --expect ", " --submitter")
                .containsPattern("spark.executor.memory=\\d{3,4}m");
    }

    @Test
    void whatCannotBeSubmittedIsSaidInOneLine() throws IOException {
        try (ServerSocket closed = new ServerSocket(0)) {
            int port = closed.getLocalPort();
            closed.close();
            refused("Spark's master at spark://127.0.0.1:" + port + " cannot be reached: Connection refused",
                    gift("submit", study.file, "--to", "spark://127.0.0.1:" + port));
        }
        refused("--to spark://nowhere must be slurm, kubernetes or spark://HOST:PORT",
                gift("submit", study.file, "--to", "spark://nowhere"));
        refused("--gift no/such is not here", gift("submit", study.file, "--to", "slurm", "--dry", "--gift", "no/such"));
        refused("--time and --sbatch are for Slurm", gift("submit", study.file, "--to", "spark://h:1", "--time", 5));
        Terminal slurm = Terminal.run("submit", study.file, "--to", "slurm", "--no-estimate", "--results", folder.resolve("results"),
                "--device", "cpu", "--sbatch=--no-such-option");
        assertThat(slurm.err()).containsAnyOf("Slurm cannot be reached: ", "sbatch refuses the job: ").hasLineCount(1);
        assertThat(slurm.code()).isEqualTo(2);
        gift("unit", plan, "--index", 0);
        Path locks = find("out/.units", "locks");
        Files.delete(locks);
        Files.createDirectory(locks);
        refused("cannot lock in ", gift("unit", plan, "--index", 1));
    }

    /** One that is killed goes on from there; of two at once, each unit is done by one. */
    @Test
    void sessionsThatAreKilledAndSessionsAtOnce() throws IOException, InterruptedException {
        study.write("study.json", Files.readString(study.file).replace("\"iterations\": 10", "\"iterations\": 40"));
        Object[] unit = {"unit", study.file, "--index", 0, "--pack", 4, "--results", folder.resolve("results"), "--device", "cpu"};
        Process killed = Forked.startLogged(folder.resolve("killed.log"), unit);
        while (killed.isAlive() && !Files.exists(folder.resolve("results/runs/small/gift/1"))) {
            Thread.sleep(20);
        }
        killed.destroyForcibly().waitFor();
        Process first = Forked.startLogged(folder.resolve("first.log"), unit);
        Process second = Forked.startLogged(folder.resolve("second.log"), unit);
        assertThat(first.waitFor() + second.waitFor()).as(Files.readString(folder.resolve("first.log"))).isZero();
        Terminal collected = gift("units", study.file, "--collect");
        assertThat(collected.out()).contains("4 of 4 done");
        List<String> rows = Files.readAllLines(find("results/runs/.units", "units.csv"));
        assertThat(rows.stream().filter(row -> row.contains(",done,"))).as("%s", rows).hasSize(4);
        assertThat(rows).as("a heading, four that are done, and the one that was killed").hasSizeBetween(5, 6);
    }

    /** A unit that always fails is reported, whoever tries it; the others are done. */
    @Test
    void aRunThatAlwaysFails() throws IOException {
        Files.createDirectories(folder.resolve("results/runs/small/finetune/1/settings.json/in the way"));
        Terminal all = gift("unit", study.file, "--index", 0, "--pack", 4);
        assertThat(all.code()).isEqualTo(2);
        assertThat(all.out()).contains("unit 1, small/gift/1, is done", "unit 2, small/finetune/2, is done", "unit 3, small/gift/2, is done")
                .containsOnlyOnce("unit 0, small/finetune/1, failed: ").contains("settings.json");
        assertThat(gift("unit", study.file, "--index", 0).code()).isEqualTo(2);
        Terminal collected = gift("units", study.file, "--collect");
        assertThat(collected.code()).isEqualTo(1);
        assertThat(collected.out()).contains("3 of 4 done, 0 running, 1 failed, 0 left",
                "failed: unit 0, small/finetune/1, tried 2 times: ");
    }

    private Path find(String below, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(below))) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    private static void refused(String part, Terminal terminal) {
        assertThat(terminal.err()).contains(part).hasLineCount(1);
        assertThat(terminal.code()).isEqualTo(2);
    }
}
