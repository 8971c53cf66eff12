package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gift.eval.AccuracyMatrix;
import gift.eval.ConfusionMatrix;
import gift.io.Csv;
import gift.io.Hashes;
import gift.io.Json;
import gift.study.Provenance;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a study leaves behind, and what becomes of it when the study is run again. */
class RunStoreTest {
    private static final Offset<Double> ROUNDED = Offset.offset(5e-7); // six decimals

    @TempDir
    Path folder;

    private SmallStudy study;

    @BeforeEach
    void make() throws IOException {
        study = new SmallStudy(folder);
        study.write("study.json", """
                {"name": "small", "data": ".", "model": "clip.json", "tasks": ["first", "second"], "watched": ["web"],
                 "references": {"synthetic": {"set": "web", "pictures": 12}}, "seeds": [1, 2], "test_pictures": 17,
                 "methods": {"finetune": {}, "half": {"base": "gift", "distillation": 0.5,
                   "training": {"iterations": 3}, "learning_rates": {"second": 2e-3}}},
                 "training": {"iterations": 2, "batch_size": 3, "reference_batch_size": 3, "learning_rate": 1e-3}}
                """);
    }

    private Terminal run(Object... more) {
        return Terminal.run(Stream.concat(Stream.of("run", study.file, "--results", study.results, "--device", "cpu"),
                Stream.of(more)).toArray());
    }

    private void finishes(Terminal terminal) {
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.code()).isZero();
    }

    private Path folder(String method, int seed) {
        return study.results.resolve("small").resolve(method).resolve(Integer.toString(seed));
    }

    @Test
    void everyNumberIsAccountedFor() throws IOException {
        Terminal terminal = run();
        finishes(terminal);
        assertThat(terminal.out().lines().filter(line -> line.matches("(finetune|half) seed [12]: Transfer .* s; .*")))
                .hasSize(4);
        assertThat(terminal.out().lines().filter(line -> line.matches("(finetune|half) +2 +.*\\+-.*"))).hasSize(2);

        Path run = folder("half", 2);
        AccuracyMatrix matrix = AccuracyMatrix.read(run.resolve("matrix.csv"));
        List<List<String>> classes = Csv.read(run.resolve("classes.csv"));
        assertThat(classes.get(0)).containsExactly("task", "class", "right", "pictures", "accuracy");
        String[] files = {"01_first", "02_second"};
        int row = 1;
        for (int t = 0; t < 2; t++) {
            ConfusionMatrix confusion = ConfusionMatrix.read(run.resolve("confusion/" + files[t] + ".csv"));
            assertThat(confusion.accuracy()).isCloseTo(matrix.get(1, t), ROUNDED);
            int images = 0;
            for (int c = 0; c < 3; c++, row++) {
                assertThat(classes.get(row)).startsWith(matrix.tasks().get(t), confusion.classNames().get(c),
                        "" + confusion.right(c), "" + confusion.images(c));
                images += confusion.images(c);
            }
            assertThat(images).isEqualTo(17);
            assertThat(Files.readAllLines(run.resolve("losses/" + files[t] + ".csv"))).hasSize(1 + 4);
        }
        assertThat(classes).hasSize(row);
        assertThat(Csv.read(run.resolve("watched.csv"))).hasSize(4);

        JsonNode settings = Json.tree(run.resolve("settings.json"));
        assertThat(settings.at("/training/0/learning_rate").asDouble()).isEqualTo(1e-3);
        assertThat(settings.at("/training/1/learning_rate").asDouble()).isEqualTo(2e-3);
        assertThat(settings.at("/training/1/iterations").asInt()).isEqualTo(3);
        assertThat(settings.at("/method/distillation").asDouble()).isEqualTo(0.5);
        provenance(Provenance.read(run.resolve("provenance.json")), settings);
    }

    private void provenance(Provenance p, JsonNode settings) {
        assertThat(p.settingsHash()).hasSize(64).isEqualTo(settings.get("hash").asText());
        assertThat(p.sha256()).containsOnlyKeys("initial_weights", "vocabulary", "reference synthetic", "first/train",
                "first/test", "second/train", "second/test", "web/test");
        assertThat(p.sha256().values()).allMatch(hash -> hash.matches("[0-9a-f]{64}"));
        assertThat(p.sha256()).containsEntry("initial_weights", Hashes.sha256(folder.resolve("clip/model.safetensors")));
        assertThat(p.data()).contains(new Provenance.Counts("second", 3, 18, 17), new Provenance.Counts("web", 3, 0, 17));
        assertThat(p.started()).isLessThanOrEqualTo(p.ended());
        assertThat(p.resumptions()).isZero();
        assertThat(p.sessions()).hasSize(1);
        assertThat(p.environment().pytorch()).startsWith("2.7.1");
        assertThat(p.environment().djl()).startsWith("0.35.1");
        assertThat(p.environment().cores()).isPositive();
        assertThat(p.environment().threads()).isPositive();
        assertThat(p.environment().device()).isEqualTo("cpu()");
        if (Files.exists(Path.of("/proc/self/status"))) {
            assertThat(p.peakMemoryGib()).isBetween(0.05, 64.0);
        }
    }

    @Test
    void finishedRunsArePickedUpAndOnlyTheChosenOnesStartOver() throws IOException {
        finishes(run("--method", "half", "--seed", "2"));
        assertThat(folder("half", 1)).doesNotExist();
        assertThat(folder("finetune", 2)).doesNotExist();
        finishes(run("--seed", "2"));
        Path weights = folder("half", 2).resolve("weights/02_second.safetensors");
        String expected = Hashes.sha256(weights);
        Files.delete(weights);
        byte[] matrix = Files.readAllBytes(folder("half", 2).resolve("matrix.csv"));
        String before = Files.readString(folder("finetune", 2).resolve("provenance.json"));

        Terminal again = run("--seed", "2");
        finishes(again);
        assertThat(again.out().lines().filter(line -> line.contains("finished before"))).hasSize(2);
        assertThat(weights).doesNotExist();

        Terminal restarted = run("--seed", "2", "--method", "half", "--restart");
        finishes(restarted);
        assertThat(restarted.out()).doesNotContain("finished before");
        assertThat(Hashes.sha256(weights)).isEqualTo(expected);
        assertThat(Files.readAllBytes(folder("half", 2).resolve("matrix.csv"))).isEqualTo(matrix);
        assertThat(Files.readString(folder("finetune", 2).resolve("provenance.json"))).isEqualTo(before);
    }

    @Test
    void changesThatMatterAreRefusedByName() throws IOException {
        finishes(run("--seed", "1"));
        String text = Files.readString(study.file);
        changed(text.replace("0.5", "0.75"), "half/1 holds a run with other settings: method.distillation was 0.5 and is now 0.75");
        changed(text.replace("\"pictures\": 12", "\"pictures\": 9"), "reference.pictures was 12 and is now 9");
        study.write("study.json", text);
        Files.delete(folder.resolve("first/train/red/2.png"));
        refused("sha256.first/train was");
        finishes(run("--seed", "2")); // another run may begin with what is there now
    }

    @Test
    void settingsThatAnEarlierVersionDidNotKnowAreNoDifference() throws IOException {
        finishes(run("--seed", "1", "--method", "half"));
        Path settings = folder("half", 1).resolve("settings.json");
        String text = Files.readString(settings);
        String earlier = text.replaceAll("(?s),\\s*\"precision\".*?\"checkpointing\" : false", "");
        assertThat(earlier).hasSizeLessThan(text.length()).doesNotContain("accumulation");
        Files.writeString(settings, earlier);
        assertThat(run("--seed", "1", "--method", "half").out()).contains("finished before");
        Files.writeString(settings, text.replace("\"accumulation\" : 1", "\"accumulation\" : 2"));
        refused("training[0].accumulation was 2 and is now 1");
    }

    private void changed(String text, String part) {
        study.write("study.json", text);
        refused(part);
    }

    private void refused(String part) {
        Terminal terminal = run("--seed", "1");
        assertThat(terminal.err().strip()).contains(part, "--restart").hasLineCount(1);
        assertThat(terminal.code()).isEqualTo(2);
    }

    @Test
    void weightsThatAreNotKept() throws IOException {
        for (String kept : List.of("last", "none")) {
            study.write("study.json", Files.readString(study.file)
                    .replaceFirst("(\"keep_weights\": \"\\w+\", )?\"name\"", "\"keep_weights\": \"" + kept + "\", \"name\""));
            finishes(run("--seed", "2", "--method", "half", "--restart"));
            try (Stream<Path> files = Files.list(folder("half", 2).resolve("weights"))) {
                assertThat(files.map(f -> f.getFileName().toString()).toList())
                        .isEqualTo(kept.equals("last") ? List.of("02_second.safetensors") : List.of());
            }
            Terminal again = run("--seed", "2", "--method", "half");
            assertThat(again.out()).contains("finished before");
        }
    }

    @Test
    void aRunThatAnotherProcessWorksOnIsLeftAlone() throws IOException {
        Path run = folder("finetune", 1);
        Files.createDirectories(run);
        try (FileChannel lock = FileChannel.open(run.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            Terminal terminal = run("--method", "finetune", "--seed", "1");
            assertThat(terminal.err().strip()).contains("another process works on " + run).hasLineCount(1);
            assertThat(terminal.code()).isEqualTo(2);
        }
        finishes(run("--method", "finetune", "--seed", "1"));
    }

    /** Both need the pretrained model and the reference set: one makes them, the other waits. */
    @Test
    void twoProcessesAtOnce() throws Exception {
        Process one = Forked.start("run", study.file, "--results", study.results, "--method", "half", "--seed", "1");
        Process two = Forked.start("run", study.file, "--results", study.results, "--method", "half", "--seed", "2");
        assertThat(one.waitFor()).isZero();
        assertThat(two.waitFor()).isZero();
        Provenance first = Provenance.read(folder("half", 1).resolve("provenance.json"));
        Provenance second = Provenance.read(folder("half", 2).resolve("provenance.json"));
        assertThat(first.sha256()).isEqualTo(second.sha256());
        assertThat(first.resumptions() + second.resumptions()).isZero();
    }
}
