package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a user gets wrong is answered by one line and exit code 2, before anything is written. */
class BadInputTest {
    @TempDir
    Path folder;

    private SmallStudy study;

    @BeforeEach
    void make() {
        study = new SmallStudy(folder);
    }

    private void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ").doesNotContain("Exception");
        assertThat(terminal.code()).isEqualTo(2);
    }

    private void studyRefused(String part, String before, String after) throws IOException {
        String text = Files.readString(study.file);
        assertThat(text).contains(before);
        Path changed = study.write("changed.json", text.replace(before, after));
        refused(part, "run", changed, "--results", study.results);
        assertThat(study.results).doesNotExist();
    }

    @Test
    void settings() throws IOException {
        studyRefused("unknown key 'trainning' (did you mean 'training'?", "\"training\"", "\"trainning\"");
        studyRefused("unknown key 'itrations' at training.itrations (did you mean 'iterations'?", "\"iterations\"", "\"itrations\"");
        studyRefused("iterations -1 must be at least 0", "\"iterations\": 60", "\"iterations\": -1");
        studyRefused("iterations", "\"iterations\": 60", "\"iterations\": \"many\"");
        studyRefused("unknown method 'gifd' (did you mean 'gift'?", "{\"gift\"", "{\"gifd\"");
        studyRefused("unknown key 'alignmnt'", "\"averaging\"", "\"alignmnt\"");
        studyRefused("task first is named twice", "\"second\"", "\"first\"");
        studyRefused("not JSON", "\"name\"", "name");
        studyRefused("the key 'name' is given twice", "\"data\": \".\"", "\"name\": \"other\"");
        studyRefused("the key 'gift' is given twice", "{\"gift\"", "{\"gift\": {}, \"gift\"");
        studyRefused("the method name 'gift' is taken", "{\"gift\"", "{\"GIFT\": {\"base\": \"gift\"}, \"gift\"");
        studyRefused("unknown method 'gifd' (did you mean 'gift'?", "\"averaging\"", "\"base\": \"gifd\", \"averaging\"");
        studyRefused("warmup -5 must be at least 0", "\"warmup\": 5", "\"warmup\": -5");
        studyRefused("learning rate of first: learning_rate -0.1 must be", "\"averaging\"", "\"learning_rates\": {\"first\": -0.1}, \"averaging\"");
        studyRefused("iterations -2 must be", "\"averaging\"", "\"training\": {\"iterations\": -2}, \"averaging\"");
        studyRefused("names 'frist', which is not among the tasks (did you mean 'first'?", "\"averaging\"",
                "\"learning_rates\": {\"frist\": 1e-3}, \"averaging\"");
        studyRefused("method gift: unknown key 'trainning' (did you mean 'training'?", "\"averaging\"",
                "\"trainning\": {}, \"averaging\"");
        studyRefused("keep_weights", "\"watched\"", "\"keep_weights\": \"some\", \"watched\"");
        studyRefused("methods is empty", "{\"gift\": {\"averaging\": \"ensemble\",\n \"average_every\": 5}}", "{}");
        studyRefused("distils on the reference set 'synthetic', which references does not describe",
                "\"references\": {\"synthetic\": {\"set\": \"web\", \"pictures\": 0}}, ", "");
        studyRefused("references: name either a set or a plan", "\"set\": \"web\", \"pictures\": 0", "\"pictures\": 0");
        refused("no file", "run", folder.resolve("nowhere.json"));
    }

    @Test
    void devices() {
        refused("unknown device 'tpu'", "run", study.file, "--results", study.results, "--device", "tpu");
        refused("no device gpu9", "run", study.file, "--results", study.results, "--device", "gpu9");
    }

    @Test
    void dataSets() throws IOException {
        studyRefused("no data set 'thrid'", "\"second\"", "\"thrid\"");
        studyRefused("no data set 'wep'", "\"set\": \"web\"", "\"set\": \"wep\"");
        studyRefused("no images at", "\"data\": \".\"", "\"data\": \"elsewhere\"");
        Path image = folder.resolve("second/train/green/3.png");
        byte[] bytes = Files.readAllBytes(image);
        Files.write(image, Arrays.copyOf(bytes, bytes.length / 2));
        refused("green/3.png", "run", study.file, "--results", study.results);
        Files.write(image, bytes);
        try (Stream<Path> images = Files.list(folder.resolve("first/train/blue"))) {
            for (Path one : images.toList()) {
                Files.delete(one);
            }
        }
        refused("blue", "run", study.file, "--results", study.results);
        assertThat(study.results).doesNotExist();
    }

    @Test
    void zeroClasses() throws IOException {
        Files.createDirectories(folder.resolve("hollow/train"));
        Files.createDirectories(folder.resolve("hollow/test"));
        studyRefused("hollow", "\"second\"", "\"hollow\"");
    }

    @Test
    void weightsAndVocabularies() throws IOException {
        assertThat(Terminal.run("pretrain", folder.resolve("clip.json")).code()).isZero();
        Path weights = folder.resolve("clip/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length - 100));
        refused("model.safetensors", "run", fromWeights(), "--results", study.results);
        Files.write(weights, bytes);
        refused("is an HTML page, which a server sent in place of the file", "run", fromWeights(), "--results", study.results,
                "--model", Files.writeString(folder.resolve("clip/clip.pt"), "<html>"));
        refused("are mutually exclusive", "convert", weights, folder.resolve("out.pth"), "--half", "--single");
        Files.move(folder.resolve("clip/bpe_simple_vocab_16e6.txt.gz"), folder.resolve("elsewhere.txt.gz"));
        refused("no CLIP vocabulary", "run", fromWeights(), "--results", study.results);
        assertThat(study.results).doesNotExist();
    }

    private Path fromWeights() throws IOException {
        return study.write("clip_study.json", Files.readString(study.file).replace("\"clip.json\"", "\"clip\""));
    }

    @Test
    void tooLongTexts() throws IOException {
        String recipe = Files.readString(folder.resolve("clip.json"));
        Path changed = study.write("long.json", recipe.replace("a photo of a {}.", "a photo of a {} " + "and so on ".repeat(9)));
        refused("is too long for 40", "pretrain", changed);
        assertThat(folder.resolve("clip/model.safetensors")).doesNotExist();
    }

    @Test
    void commandLines() {
        refused("Unknown option", "run", study.file, "--quickly");
        refused("STUDY.json", "run");
        refused("no method 'gibt' in it (did you mean 'gift'?", "run", study.file, "--method", "gibt");
        refused("no seed 7 in it, only [42]", "run", study.file, "--seed", "7");
        refused("nothing to compare", "parity", folder);
        refused("unknown model", "bench", "step", "--model", "ViT-X");
        refused("no file", "metrics", folder.resolve("none.csv"));
    }

    @Test
    void changedSettingsOfARunAreRefusedUntilToldToStartOver() throws IOException {
        assertThat(Terminal.run("run", study.file, "--results", study.results).code()).isZero();
        study.write("study.json", Files.readString(study.file).replace("1e-3", "2e-3"));
        refused("training[0].learning_rate was 0.001 and is now 0.002; start over with --restart", "run", study.file, "--results", study.results);
        assertThat(Terminal.run("run", study.file, "--results", study.results, "--restart").code()).isZero();
    }

    @Test
    void parityFailsWhenAReferenceIsAltered() throws IOException {
        Path original = Shared.require("parity/clip_vit");
        Path copy = folder.resolve("parity/clip_vit");
        Files.createDirectories(copy);
        try (Stream<Path> files = Files.list(original)) {
            for (Path file : files.toList()) {
                Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        assertThat(Terminal.run("parity", copy.getParent()).code()).isZero();
        Path io = copy.resolve("io.safetensors");
        byte[] bytes = Files.readAllBytes(io);
        bytes[bytes.length - 2] ^= 0x20;
        Files.write(io, bytes);
        assertThat(Terminal.run("parity", copy.getParent()).code()).isOne();
    }
}
