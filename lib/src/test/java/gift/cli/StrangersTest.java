package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.io.TensorFile;
import gift.io.TensorSource;
import gift.nn.Activation;
import gift.tensor.Devices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files as strangers have them: read as they are meant, or answered by one line before anything is computed. */
class StrangersTest {
    private static final String POINTER = """
            version https://git-lfs.github.com/spec/v1
            oid sha256:0000000000000000000000000000000000000000000000000000000000000000
            size 598641023
            """;
    private static final ClipConfig SMALL =
            new ClipConfig(8, 16, List.of(1), 128, 8, 4, 16, 30, 64, 4, 1, Activation.GELU);

    @TempDir
    Path folder;

    private Path weights;

    @BeforeEach
    void model() {
        weights = folder.resolve("model/model.safetensors");
        try (NDManager manager = Devices.newManager(Device.cpu()); Clip clip = Clip.random(SMALL, manager, 1)) {
            ClipWeights.save(weights, clip);
        }
    }

    private static void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ").doesNotContain("Exception")
                .doesNotContain("Cannot ");
        assertThat(terminal.code()).isEqualTo(2);
    }

    /** Writes the model's tensors to a file of its own folder, without metadata, under other names. */
    private Path renamed(String name, UnaryOperator<String> names) {
        Path file = folder.resolve(name).resolve("model.safetensors");
        List<SafeTensors.Source> sources = new ArrayList<>();
        try (TensorFile tensors = TensorFile.open(weights)) {
            tensors.entries().forEach((tensor, entry) ->
                    sources.add(TensorSource.of(names.apply(tensor), entry.shape(), tensors.floats(tensor))));
        }
        SafeTensors.write(file, Map.of(), sources);
        return file;
    }

    @Test
    void emptyNullAndMarkedSettings() throws IOException {
        for (String command : List.of("run", "doctor", "study", "tune", "generate", "pretrain", "train-autoencoder",
                "train-diffusion")) {
            Path file = folder.resolve("settings.json");
            for (String text : List.of("", " \n", "null", "[]", "3")) {
                Files.writeString(file, text);
                Terminal terminal = Terminal.run(command, file);
                assertThat(terminal.err() + terminal.out()).as(command + " " + text).contains("settings.json")
                        .containsAnyOf("is empty", "holds null", "not {...}").doesNotContain("\tat ");
                assertThat(terminal.code()).as(command).isIn(1, 2);
            }
            Files.writeString(file, POINTER);
            assertThat(Terminal.run(command, file).err()).as(command).contains("is a pointer of Git LFS");
        }
        SmallStudy study = new SmallStudy(folder);
        String text = Files.readString(study.file);
        for (byte[] bytes : List.of(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8),
                text.getBytes(StandardCharsets.UTF_16))) {
            Files.write(study.file, bytes);
            assertThat(Terminal.run("run", study.file, "--explain").code()).isZero();
        }
    }

    @Test
    void damagedFilesOfARun() throws IOException {
        SmallStudy study = new SmallStudy(folder);
        study.write("study.json", Files.readString(study.file).replace("\"iterations\": 60", "\"iterations\": 6"));
        assertThat(Terminal.run("run", study.file, "--results", study.results).code()).isZero();
        for (String name : List.of("settings.json", "provenance.json")) {
            Path file = study.results.resolve("small/gift/42").resolve(name);
            String whole = Files.readString(file);
            for (String damaged : List.of("", "null", "[]", whole.substring(0, whole.length() / 2))) {
                Files.writeString(file, damaged);
                for (List<Object> command : List.<List<Object>>of(List.of("run", study.file, "--results", study.results),
                        List.of("doctor", study.file, "--no-estimate", "--results", study.results),
                        List.of("table", "small", "--runs", study.results),
                        List.of("figure", "small_losses", "--runs", study.results))) {
                    assertThat(Terminal.run(command.toArray()).err()).as(name + " " + damaged + " " + command)
                            .doesNotContain("\tat ");
                }
            }
            Files.writeString(file, whole);
        }
        String text = Files.readString(study.file);
        for (String[] one : new String[][] {{"\"first\", \"second\"", "null"}, {"\"first\", \"second\"", "\"first\", null"},
            {"[\"first\", \"second\"]", "null"}, {"{\"set\": \"web\", \"pictures\": 0}", "null"}, {"{\"gift\": {", "{\"ewc\": null, \"gift\": {"},
            {"\"averaging\": \"ensemble\"", "\"averaging\": null"}, {"\"averaging\": \"ensemble\"", "\"training\": null"},
            {"\"averaging\": \"ensemble\"", "\"learning_rates\": {\"first\": null}"}, {"\"name\": \"small\"", "\"name\": null"}}) {
            assertThat(text).contains(one[0]);
            Path changed = study.write("changed.json", text.replace(one[0], one[1]));
            Terminal terminal = Terminal.run("run", changed, "--results", folder.resolve("none"));
            assertThat(terminal.err()).as(one[1]).startsWith("gift: ").hasLineCount(1).contains("null");
        }
        Path catalog = folder.resolve("catalog.json");
        for (String damaged : List.of("", "null", "[]", "{}", "{\"items\": null}", "{\"groups\": {\"a\": null}, \"items\": {}}",
                "{\"groups\": {}, \"items\": {\"a\": null}}")) {
            Files.writeString(catalog, damaged);
            refused("catalog.json", "data", "list", "--catalog", catalog);
        }
    }

    @Test
    void valuesOfTheWrongKind() throws IOException {
        SmallStudy study = new SmallStudy(folder);
        String text = Files.readString(study.file);
        String[][] wrong = {
            {"\"iterations\": 60", "\"iterations\": \"60\"", "training.iterations: \"60\" is not a whole number"},
            {"\"iterations\": 60", "\"iterations\": true", "training.iterations"},
            {"\"iterations\": 60", "\"checkpointing\": 1", "training.checkpointing: 1 is not true or false"},
            {"\"iterations\": 60", "\"checkpointing\": \"true\"", "training.checkpointing: \"true\" is not true or false"},
            {"\"iterations\": 60", "\"precision\": 1", "training.precision: 1 is not one of \"fp32\""},
            {"\"iterations\": 60", "\"precision\": null", "training.precision is null; give it a value, or leave it out"},
            {"\"training\"", "\"keep_weights\": 2, \"training\"", "keep_weights: 2 is not one of \"all\", \"last\", \"none\""},
            {"\"training\"", "\"about\": 5, \"training\"", "about: 5 is not a text in quotes"},
            {"\"training\"", "\"device\": null, \"training\"", "device is null; give it a value, or leave it out for \"auto\""}};
        for (String[] one : wrong) {
            refused(one[2], "run", study.write("changed.json", text.replace(one[0], one[1])), "--results", study.results);
        }
        assertThat(study.results).doesNotExist();
    }

    @Test
    void damagedSettingsBesideWeightsAreNotTakenForAbsentOnes() throws IOException {
        Path file = renamed("foreign", name -> name);
        Path config = file.resolveSibling("config.json");
        assertThat(ClipWeights.check(file).visionHeads()).isEqualTo(2); // by the width alone
        Files.writeString(config, Json.write(SMALL));
        assertThat(ClipWeights.check(file)).isEqualTo(SMALL);
        Files.writeString(config, "\uFEFF" + Json.write(SMALL));
        assertThat(ClipWeights.check(file)).isEqualTo(SMALL);
        for (String damaged : List.of("", "null", "[]", "{}", "{\"exp_no\": \"1\"}", Json.write(SMALL).substring(0, 60))) {
            Files.writeString(config, damaged);
            assertThatThrownBy(() -> ClipWeights.check(file)).as(damaged).isInstanceOf(InputException.class)
                    .hasMessageContaining("config.json");
            refused("config.json", "convert", file, folder.resolve("out.safetensors"));
        }
    }

    @Test
    void openClipsSettingsGiveActivationWidthsAndHeads() throws IOException {
        Path file = renamed("open_clip", name -> name);
        Files.move(file, file.resolveSibling("open_clip_model.safetensors"));
        Path config = file.resolveSibling("open_clip_config.json");
        String text = """
                {"model_cfg": {"embed_dim": 8, "vision_cfg": {"image_size": 16, "layers": 1, "width": 128, "patch_size": 8,
                 "head_width": 32}, "text_cfg": {"context_length": 16, "vocab_size": 30, "width": 64, "heads": 4, "layers": 1}},
                 "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "interpolation": "bicubic"}}
                """;
        Files.writeString(config, text);
        assertThat(ClipWeights.check(file.getParent())).isEqualTo(SMALL);
        Files.writeString(config, text.replace("{\"embed_dim\"", "{\"quick_gelu\": true, \"embed_dim\""));
        assertThat(ClipWeights.check(file.getParent()).activation()).isEqualTo(Activation.QUICK_GELU);
        for (String other : List.of("\"vision_cfg\": {\"timm_model_name\": \"vit\",", "\"vision_cfg\": {\"mlp_ratio\": 3.0,",
                "\"vision_cfg\": {\"no_ln_pre\": true,")) {
            Files.writeString(config, text.replace("\"vision_cfg\": {", other));
            assertThatThrownBy(() -> ClipWeights.check(file.getParent())).hasMessageContaining("computes otherwise");
        }
        Files.writeString(config, text.replace("0.4578275", "0.5"));
        assertThatThrownBy(() -> ClipWeights.check(file.getParent())).hasMessageContaining("preprocess_cfg.mean");
        Files.writeString(config, text.replace("\"head_width\": 32", "\"head_width\": \"32\""));
        assertThatThrownBy(() -> ClipWeights.check(file.getParent())).hasMessageContaining("head_width is \"32\"");
    }

    @Test
    void modelsOfDifferentSettingsOrWithNanHaveNoMean() throws IOException {
        Path other = folder.resolve("other.safetensors");
        ObjectNode config = (ObjectNode) Json.toTree(SMALL);
        try (TensorFile tensors = TensorFile.open(weights)) {
            for (String change : List.of("activation", "vision_heads", "nan")) {
                ObjectNode changed = config.deepCopy();
                if (change.equals("activation")) {
                    changed.put(change, "quick_gelu");
                } else if (change.equals("vision_heads")) {
                    changed.put(change, 2);
                }
                List<SafeTensors.Source> sources = new ArrayList<>();
                tensors.entries().forEach((name, entry) -> {
                    float[] values = tensors.floats(name);
                    values[0] = change.equals("nan") && name.equals("text_projection") ? Float.NaN : values[0];
                    sources.add(TensorSource.of(name, entry.shape(), values));
                });
                SafeTensors.write(other, Map.of("config", Json.write(changed)), sources);
                refused(change.equals("nan") ? "tensor 'text_projection' of " + other + " holds NaN" : "have no mean", "merge",
                        weights, other, "--out", folder.resolve("mean.safetensors"));
            }
        }
        assertThat(folder.resolve("mean.safetensors")).doesNotExist();
    }

    @Test
    void prefixesBeforeNames() throws IOException {
        String expected = Hashes.sha256(converted(renamed("plain", name -> name)));
        for (String prefix : List.of("module.", "model.", "clip_model.", "_orig_mod.", "module._orig_mod.")) {
            assertThat(Hashes.sha256(converted(renamed("prefixed", name -> prefix + name)))).as(prefix).isEqualTo(expected);
        }
        assertThat(Hashes.sha256(converted(renamed("text", name ->
                name.startsWith("visual.") || name.equals("logit_scale") ? name : "text." + name)))).isEqualTo(expected);
        refused("holds an image tower, but no CLIP", "convert", renamed("no_clip", name -> name.replace("token_embedding", "words")),
                folder.resolve("none.safetensors"));
    }

    private Path converted(Path file) throws IOException {
        Path out = folder.resolve("converted.safetensors");
        assertThat(Terminal.run("convert", file, out).err()).isEmpty();
        return out;
    }

    @Test
    void filesThatAreSomethingElse() throws IOException {
        for (String name : List.of("w.safetensors", "w.pt", "w.bin")) {
            Path file = folder.resolve(name);
            Files.writeString(file, POINTER);
            refused("is a pointer of Git LFS, not the file itself, which has 598641023 bytes", "convert", file, weights);
            Files.writeString(file, "\n<!DOCTYPE html>\n<html>Sign in</html>");
            refused("is an HTML page", "convert", file, weights);
            Files.writeString(file, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>");
            refused("is an XML message", "convert", file, weights);
            Files.writeString(file, "{\"error\": \"gated\"}");
            refused("is a message in JSON", "convert", file, weights);
            Files.writeString(file, "");
            refused("is empty", "convert", file, weights);
        }
        Files.write(folder.resolve("zip.safetensors"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0, 0, 0});
        refused("is a file of torch, not safetensors", "convert", folder.resolve("zip.safetensors"), weights);
    }

    @Test
    void classesOfOneName() throws IOException {
        SmallStudy study = new SmallStudy(folder);
        for (String other : List.of("Deep_Red", "deep  red")) {
            Path a = folder.resolve("first/train/deep red");
            Path b = folder.resolve("first/train/" + other);
            Files.move(folder.resolve("first/train/red"), a);
            Files.move(folder.resolve("first/train/green"), b);
            refused("have one name", "run", study.file, "--results", study.results);
            Files.move(a, folder.resolve("first/train/red"));
            Files.move(b, folder.resolve("first/train/green"));
        }
        assertThat(study.results).doesNotExist();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anEngineThatCannotBeUnpacked() throws Exception {
        Path file = Files.createFile(folder.resolve("a_file"));
        Path log = folder.resolve("log.txt");
        Process process = Forked.startLogged(log, List.of("DJL_CACHE_DIR=" + file, "ENGINE_CACHE_DIR=" + file), List.of(), "zero-shot",
                "../data/mini/clip", "--sets", "digits");
        assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(2);
        assertThat(Files.readString(log).strip()).contains("gift: the engine cannot be unpacked or loaded: ", "DJL_CACHE_DIR")
                .hasLineCount(1);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theClonesOwnFilesAreFoundFromAnotherFolder() throws Exception {
        Path log = folder.resolve("log.txt");
        for (List<String> command : List.of(List.of("data", "list"), List.of("study", "--size", "none"))) {
            Process process = Forked.inFolder(folder, log, command.toArray());
            process.waitFor();
            assertThat(Files.readString(log)).doesNotContain("no file").containsAnyOf("paper: ", "no size 'none'");
        }
    }
}
