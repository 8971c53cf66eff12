package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.eval.AccuracyMatrix;
import gift.eval.IncrementalLog;
import gift.incremental.SeenAccuracy;
import gift.io.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Class-incremental studies from the command line. */
class IncrementalRunTest {
    private static final String GROWN = "\"scenario\": {\"class_incremental\": {\"initial\": 2, \"increment\": 1}}, ";

    @TempDir
    Path folder;

    private SmallStudy small;

    @BeforeEach
    void make() {
        small = new SmallStudy(folder);
    }

    private Path study(String name, String scenario, String methods, int iterations) {
        return small.write(name + ".json", """
                {"name": "%s", "data": ".", "model": "clip.json", "tasks": ["first"], %s
                 "references": {"synthetic": {"set": "web", "pictures": 0},
                                "real": {"set": "web", "pictures": 12, "sentences": "web"}},
                 "methods": %s,
                 "training": {"iterations": %d, "batch_size": 4, "reference_batch_size": 4, "learning_rate": 1e-3,
                 "warmup": 3, "checkpoint_every": 2}}
                """.formatted(name, scenario, methods, iterations));
    }

    private Terminal run(Path study) {
        Terminal terminal = Terminal.run("run", study, "--results", small.results, "--device", "cpu");
        assertThat(terminal.err()).doesNotContain("gift:");
        assertThat(terminal.code()).isZero();
        return terminal;
    }

    private Path folder(String study, String method) {
        return small.results.resolve(study).resolve(method).resolve("42");
    }

    /** 18 images in batches of 4: 5 batches, 6 updates. */
    @Test
    void oneStepEqualsOneTaskBitForBit() {
        String methods = """
                {"finetune": {}, "gift": {}, "zscl": {"distillation": 1, "penalty": "l2", "penalty_weight": 1, "average_every": 2},
                 "lwf": {"distillation": 1}}""";
        run(study("mtil", "", methods, 5));
        run(study("grown", "\"scenario\": {\"class_incremental\": {\"initial\": 3, \"increment\": 1}}, ", methods, 999));
        for (String method : List.of("finetune", "gift", "zscl", "lwf")) {
            Path mtil = folder("mtil", method);
            Path grown = folder("grown", method);
            assertThat(Hashes.sha256(grown.resolve("weights/01_classes_1-3.safetensors"))).as(method)
                    .isEqualTo(Hashes.sha256(mtil.resolve("weights/01_first.safetensors")));
            assertThat(grown.resolve("losses/01_classes_1-3.csv"))
                    .hasSameTextualContentAs(mtil.resolve("losses/01_first.csv"));
            AccuracyMatrix expected = AccuracyMatrix.read(mtil.resolve("matrix.csv"));
            AccuracyMatrix matrix = AccuracyMatrix.read(grown.resolve("matrix.csv"));
            assertThat(matrix.get(0, 0)).isEqualTo(expected.get(0, 0));
            assertThat(matrix.before().orElseThrow()).isEqualTo(expected.before().orElseThrow());
            assertThat(grown.resolve("confusion/first.csv")).hasSameTextualContentAs(mtil.resolve("confusion/01_first.csv"));
        }
    }

    /** Every kind of method over two steps; a run leaves matrix and accuracy over the classes seen. */
    @Test
    void everyMethodLearnsStepByStep() throws IOException {
        Terminal terminal = run(study("grown", GROWN, """
                {"zeroshot": {}, "joint": {}, "finetune": {}, "finetune_previous": {}, "finetune_captions": {}, "lwf": {},
                 "lwf_published": {}, "lwf_vr": {}, "icarl": {"memory": 6}, "icarl_by_task": {"memory": 6},
                 "icarl_published": {"memory": 6}, "zscl": {"average_every": 2}, "gift": {}}""", 1));
        assertThat(terminal.out()).contains("of the classes seen").containsPattern("method +seeds +Avg +Last");
        // 12 images of two classes, then 6 of one: 3 and 2 batches
        assertThat(Files.readAllLines(folder("grown", "gift").resolve("losses/01_classes_1-2.csv"))).hasSize(1 + 4);
        assertThat(Files.readAllLines(folder("grown", "gift").resolve("losses/02_class_3.csv"))).hasSize(1 + 3);
        for (String method : List.of("zeroshot", "joint", "gift", "icarl_published")) {
            Path run = folder("grown", method);
            List<SeenAccuracy> seen = SeenAccuracy.read(run.resolve("seen.csv"));
            AccuracyMatrix matrix = AccuracyMatrix.read(run.resolve("matrix.csv"));
            assertThat(seen).extracting(SeenAccuracy::classes).containsExactly(2, 3);
            assertThat(seen).extracting(SeenAccuracy::images).containsExactly(12, 18);
            assertThat(seen.get(0).percent()).isCloseTo(matrix.get(0, 0), org.assertj.core.data.Offset.offset(1e-5));
            assertThat(IncrementalLog.read(run.resolve("metrics.json")).last())
                    .isCloseTo(seen.get(1).percent(), org.assertj.core.data.Offset.offset(0.006));
            assertThat(seen.get(1).percent()).isCloseTo((2 * matrix.get(1, 0) + matrix.get(1, 1)) / 3,
                    org.assertj.core.data.Offset.offset(1e-5));
        }
        // the student as its own teacher: fine-tuning but for rounding, so that the cross-entropy is the same
        List<String> own = Files.readAllLines(folder("grown", "lwf_published").resolve("losses/02_class_3.csv"));
        assertThat(own.get(0)).contains("distillation_image");
        assertThat(Terminal.run("metrics", folder("grown", "gift").resolve("matrix.csv")).code()).isZero();
        // finished: nothing is computed again
        assertThat(run(folder.resolve("grown.json")).out()).contains("finished before");
    }

    @Test
    void randomCropsOfTheEvaluationDependOnSeedAndStepAlone() throws IOException {
        String random = GROWN.replace("}}", ", \"evaluation\": \"random_as_published\"}}");
        run(study("crops", random, "{\"zeroshot\": {}}", 1));
        String first = Files.readString(folder("crops", "zeroshot").resolve("matrix.csv"));
        Terminal.run("run", folder.resolve("crops.json"), "--results", small.results, "--device", "cpu", "--restart");
        assertThat(Files.readString(folder("crops", "zeroshot").resolve("matrix.csv"))).isEqualTo(first);
        assertThat(Files.readString(folder("crops", "zeroshot").resolve("settings.json"))).containsIgnoringCase("random_as_published");
    }

    /** kill -9 somewhere in the first or the second step, three times. */
    @Test
    void resumingEqualsNotHavingStopped() throws Exception {
        Path file = study("grown", GROWN.replace("1}}", "1, \"epochs\": 12}}"),
                "{\"icarl\": {\"memory\": 6}, \"gift\": {\"averaging\": \"ensemble\", \"average_every\": 5}}", 1);
        Path whole = folder.resolve("whole");
        assertThat(Forked.start("run", file, "--results", whole, "--device", "cpu").waitFor()).isZero();
        int kills = 0;
        for (int attempt = 0; attempt < 3; attempt++) {
            Path killed = folder.resolve("killed" + attempt);
            Path last = killed.resolve("grown/gift/42/weights/02_class_3.safetensors");
            Path sign = killed.resolve(List.of("grown/icarl/42/losses/01_classes_1-2.csv", "grown/icarl/42/losses/02_class_3.csv",
                    "grown/gift/42/losses/02_class_3.csv").get(attempt));
            Process process = Forked.start("run", file, "--results", killed, "--device", "cpu");
            while (process.isAlive() && !Files.exists(sign)) {
                process.waitFor(5, TimeUnit.MILLISECONDS);
            }
            Thread.sleep(23L * attempt);
            process.destroyForcibly().waitFor();
            kills += Files.exists(last) ? 0 : 1;
            assertThat(Forked.start("run", file, "--results", killed, "--device", "cpu").waitFor()).isZero();
            for (String method : List.of("icarl", "gift")) {
                Path one = Path.of("grown", method, "42");
                for (String name : List.of("weights/02_class_3.safetensors", "matrix.csv", "seen.csv", "losses/02_class_3.csv")) {
                    assertThat(Hashes.sha256(killed.resolve(one).resolve(name))).as(attempt + " " + method + " " + name)
                            .isEqualTo(Hashes.sha256(whole.resolve(one).resolve(name)));
                }
            }
        }
        assertThat(kills).isPositive();
    }

    private void refused(String part, String scenario, String methods) {
        Terminal terminal = Terminal.run("run", study("wrong", scenario, methods, 1), "--results", small.results);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ").doesNotContain("Exception");
        assertThat(terminal.code()).isEqualTo(2);
        assertThat(small.results).doesNotExist();
    }

    @Test
    void badInput() {
        String gift = "{\"gift\": {}}";
        refused("initial 4 is more than the 3 classes of first", GROWN.replace("\"initial\": 2", "\"initial\": 4"), gift);
        refused("increment 0 must be at least 1", GROWN.replace("\"increment\": 1", "\"increment\": 0"), gift);
        refused("(red) is named twice", GROWN.replace("}}", ", \"order\": [\"red\", \"green\", \"red\"]}}"), gift);
        refused("(green) is missing", GROWN.replace("}}", ", \"order\": [\"red\", \"blue\"]}}"), gift);
        refused("'cifar100' is of 100 classes, first has 3", GROWN.replace("}}", ", \"order\": \"cifar100\"}}"), gift);
        refused("unknown key 'intial'", GROWN.replace("initial", "intial"), gift);
        refused("increment is missing: how many classes", GROWN.replace(", \"increment\": 1", ""), gift);
        refused("unknown key 'class_incrmental'", GROWN.replace("class_incremental", "class_incrmental"), gift);
        refused("the reference set 'synthetic' names no sentences", GROWN,
                "{\"finetune_captions\": {\"reference\": \"synthetic\"}}");
        refused("competing_texts captions needs a reference set with sentences, not reference task", GROWN,
                "{\"finetune\": {\"competing_texts\": \"captions\", \"reference\": \"task\"}}");
        refused("one of \"none\", \"previous\"", GROWN, "{\"finetune\": {\"competing_texts\": \"ext\"}}");
    }
}
