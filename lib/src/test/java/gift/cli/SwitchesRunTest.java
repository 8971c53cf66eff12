package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.eval.AccuracyMatrix;
import gift.io.Csv;
import gift.io.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rarer switches of the published code in small studies, by what their runs leave. */
class SwitchesRunTest {
    @TempDir
    Path folder;

    private SmallStudy small;

    @BeforeEach
    void images() {
        small = new SmallStudy(folder);
    }

    private Terminal study(String name, String methods) {
        small.write(name + ".json", """
                {"name": "%s", "data": ".", "model": "clip.json", "tasks": ["first", "second"],
                 "references": {"synthetic": {"set": "web", "pictures": 12}, "own": {"set": "task"},
                 "each": {"set": "web", "pictures": 5, "choice": "each_task"}}, "seeds": [1], "methods": %s,
                 "training": {"iterations": 12, "batch_size": 3, "reference_batch_size": 3, "learning_rate": 1e-3,
                 "warmup": 1, "checkpoint_every": 5}}
                """.formatted(name, methods));
        return Terminal.run("run", folder.resolve(name + ".json"), "--results", small.results, "--device", "cpu");
    }

    private void runs(String name, String methods) {
        Terminal terminal = study(name, methods);
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.code()).isZero();
    }

    private Path run(String study, String method) {
        return small.results.resolve(study).resolve(method).resolve("1");
    }

    private byte[] weights(String study, String method, String task) {
        return bytes(run(study, method).resolve("weights").resolve(task + ".safetensors"));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 18 images in batches of 3: two epochs are 12 iterations. Neither evaluations nor dumps change anything. */
    @Test
    void epochsEvaluationsAndDumpsWithinATask() {
        runs("within", """
                {"finetune": {}, "epochs": {"base": "finetune", "training": {"iterations": 3, "epochs": 2}},
                 "watched": {"base": "finetune", "training": {"evaluate_every": 5, "dump_every": 4}},
                 "we": {"average_every": 5, "training": {"evaluate_every": 6}}}""");
        for (String method : new String[] {"epochs", "watched"}) {
            assertThat(weights("within", method, "02_second")).isEqualTo(weights("within", "finetune", "02_second"));
        }
        Path watched = run("within", "watched");
        List<List<String>> rows = Csv.read(watched.resolve("within/02_second.csv"));
        assertThat(rows).extracting(row -> row.get(0)).containsExactly("updates", "0", "5", "10", "13");
        assertThat(rows.get(0)).containsExactly("updates", "first", "second");
        List<List<String>> matrix = Csv.read(watched.resolve("matrix.csv"));
        assertThat(rows.get(1).subList(1, 3)).isEqualTo(matrix.get(2).subList(1, 3)); // after the first task
        assertThat(rows.get(4).subList(1, 3)).isEqualTo(matrix.get(3).subList(1, 3));
        assertThat(bytes(watched.resolve("dumps/02_second/13.safetensors"))).isEqualTo(weights("within", "watched", "02_second"));
        assertThat(watched.resolve("dumps/02_second")).isDirectoryContaining("glob:**/{1,5,9,13}.safetensors");
        assertThat(run("within", "finetune").resolve("within")).doesNotExist();
        assertThat(Json.line(Json.tree(run("within", "finetune").resolve("settings.json")))).doesNotContain("epochs", "every\":0");
        assertThat(Csv.read(run("within", "we").resolve("within/01_first.csv"))).hasSize(5); // 0, 6, 12 and 13 updates
        Path figure = folder.resolve("within.png");
        assertThat(Terminal.run("figure", "within_within", "--method", "watched", "--runs", small.results, "--out", figure)
                .err()).isEmpty();
        assertThat(figure).isNotEmptyFile();
    }

    /** train: false. The weights of a run, evaluated, give its accuracies. */
    @Test
    void givenWeights() {
        runs("made", "{\"finetune\": {}}");
        String settings = "{\"given\": {\"base\": \"finetune\", \"learns\": \"given\", \"weights\": \"runs/made/finetune/1/weights\"}}";
        runs("again", settings);
        assertThat(run("again", "given").resolve("matrix.csv"))
                .hasSameTextualContentAs(run("made", "finetune").resolve("matrix.csv"));
        assertThat(run("again", "given").resolve("weights")).doesNotExist();
        Terminal doctor = Terminal.run("doctor", folder.resolve("again.json"), "--no-estimate", "--results", small.results);
        assertThat(doctor.out()).contains("weights of given").contains("2 files");
        assertThat(study("none", settings.replace("weights\": \"runs", "weights\": \"nowhere")).err())
                .contains("no weights after task first in").doesNotContain("Exception").hasLineCount(1);
    }

    /** A teacher from a file that holds the pretrained model is that model. */
    @Test
    void aTeacherFromAFile() {
        runs("initial", "{\"gift\": {\"teacher\": \"initial\"}}");
        runs("file", "{\"gift\": {\"teacher\": \"weights:clip/model.safetensors\"}}");
        assertThat(weights("file", "gift", "02_second")).isEqualTo(weights("initial", "gift", "02_second"));
        assertThat(Json.tree(run("file", "gift").resolve("settings.json")).at("/sha256/teacher_weights").asText()).hasSize(64);
        assertThat(Json.tree(run("file", "gift").resolve("settings.json")).at("/method/teacher").asText())
                .isEqualTo("weights:model.safetensors");
        assertThat(study("gone", "{\"gift\": {\"teacher\": \"weights:gone.pth\"}}").err())
                .contains("no weights of the teacher at").hasLineCount(1);
    }

    /** The tasks have the same classes and templates: in the first the sentences seen are its own, in the second twice these. */
    @Test
    void sentencesTemplatesAndImages() {
        runs("texts", """
                {"lwf": {}, "seen": {"base": "lwf", "texts": "seen"}, "default": {"base": "lwf", "template": "a photo of a {}."},
                 "template": {"base": "lwf", "template": "{}, painted"}, "own": {"base": "lwf", "reference": "own"},
                 "each": {"base": "gift", "reference": "each"}}""");
        assertThat(weights("texts", "seen", "01_first")).isEqualTo(weights("texts", "lwf", "01_first"));
        assertThat(weights("texts", "seen", "02_second")).isNotEqualTo(weights("texts", "lwf", "02_second"));
        assertThat(weights("texts", "default", "02_second")).isEqualTo(weights("texts", "lwf", "02_second"));
        assertThat(weights("texts", "template", "01_first")).isNotEqualTo(weights("texts", "lwf", "01_first"));
        assertThat(weights("texts", "own", "01_first")).isNotEqualTo(weights("texts", "lwf", "01_first"));
        assertThat(AccuracyMatrix.read(run("texts", "each").resolve("matrix.csv")).isComplete()).isTrue();
        assertThat(Json.tree(run("texts", "each").resolve("settings.json")).at("/reference/choice").asText()).isEqualTo("EACH_TASK");
    }

    /** A frozen model with a classifier for each task: what it says of the first task stays when the second is learnt. */
    @Test
    void linearProbes() {
        runs("probes", """
                {"zeroshot": {}, "probe": {"base": "finetune", "trains": "none", "probe": "texts",
                 "training": {"learning_rate": 0.5, "iterations": 60}},
                 "image": {"base": "finetune", "trains": "image", "probe": "zeros"}}""");
        AccuracyMatrix probe = AccuracyMatrix.read(run("probes", "probe").resolve("matrix.csv"));
        AccuracyMatrix zeroshot = AccuracyMatrix.read(run("probes", "zeroshot").resolve("matrix.csv"));
        assertThat(probe.get(0, 0)).isEqualTo(probe.get(1, 0)).isGreaterThanOrEqualTo(zeroshot.get(0, 0));
        assertThat(probe.get(0, 1)).isEqualTo(zeroshot.get(0, 1));
        assertThat(run("probes", "probe").resolve("probes/01_first.safetensors")).exists();
        assertThat(AccuracyMatrix.read(run("probes", "image").resolve("matrix.csv")).isComplete()).isTrue();
    }

    @Test
    void anUnknownSwitchNamesTheNearest() {
        assertThat(study("wrong", "{\"gift\": {\"trian\": \"image\"}}").err()).contains("unknown key 'trian' (did you mean 'trains'?");
        assertThat(study("wrong", "{\"gift\": {\"trains\": \"head\"}}").err()).contains("\"head\" is not one of", "last_layer");
        assertThat(study("wrong", "{\"gift\": {\"reference\": \"own\", \"training\": {\"epochs\": -1}}}").err())
                .contains("epochs -1 must be at least 0");
    }
}
