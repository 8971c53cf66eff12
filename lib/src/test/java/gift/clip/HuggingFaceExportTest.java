package gift.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.WeightConversion.Precision;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.io.SafeTensors.DType;
import gift.nn.Activation;
import gift.tensor.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CLIP as a folder for transformers, and transformers' own features of one. */
class HuggingFaceExportTest {
    private static final ClipConfig SMALL = new ClipConfig(
            16, 16, List.of(2), 64, 8, 4, 8, 520, 32, 2, 3, Activation.GELU);
    private static final Path MINI = Files.isDirectory(Path.of("data/mini")) ? Path.of("data/mini") : Path.of("../data/mini");

    private final NDManager manager = Devices.newManager(Device.cpu());

    @TempDir
    private Path folder;

    @BeforeEach
    void noGradients() {
        JniUtils.setGradMode(false);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Clip clip = Clip.random(SMALL, manager, 1);
        Path from = folder.resolve("clip.safetensors");
        Path to = folder.resolve("hf");
        ClipWeights.save(from, clip);
        HuggingFaceExport.write(from, to, Precision.STORED, null);
        Clip again = ClipWeights.load(to, manager);
        assertThat(again.config()).isEqualTo(SMALL);
        clip.parameters().all().forEach((name, array) ->
                assertThat(again.parameters().get(name).toFloatArray()).as(name).isEqualTo(array.toFloatArray()));
        try (SafeTensors tensors = SafeTensors.open(to.resolve("model.safetensors"))) {
            assertThat(tensors.metadata()).containsEntry("format", "pt"); // without which transformers refuses a file
            assertThat(tensors.entry("text_projection.weight").shape()).containsExactly(16, 32);
            assertThat(tensors.entry("vision_model.encoder.layers.1.self_attn.k_proj.bias").shape()).containsExactly(64);
            assertThat(tensors.entries().size()).isEqualTo(5 * 16 + 5 + 2 + 3 * 2 + 1); // blocks, embeddings, projections, norms, scale
        }
        assertThat(Json.tree(to.resolve("config.json")).path("text_config").path("eos_token_id").asInt()).isEqualTo(519);
        assertThat(to.resolve("vocab.json")).doesNotExist();

        HuggingFaceExport.write(from, to, Precision.HALF, null);
        assertThat(Json.tree(to.resolve("config.json")).path("torch_dtype").asText()).isEqualTo("float16");
        try (SafeTensors tensors = SafeTensors.open(to.resolve("model.safetensors"))) {
            assertThat(tensors.entry("visual_projection.weight").dtype()).isEqualTo(DType.F16);
        }
    }

    @Test
    void transformersComputesTheSameFeatures() throws IOException {
        JsonNode theirs;
        try (InputStream in = HuggingFaceExportTest.class.getResourceAsStream("transformers.json")) {
            theirs = Json.parse("transformers.json", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        HuggingFaceExport.write(MINI.resolve("clip"), folder, Precision.STORED, Tokenizer.load(MINI.resolve("clip")));
        Tokenizer tokenizer = Tokenizer.load(folder);
        assertThat(tokenizer.sha256()).isEqualTo(Tokenizer.load(MINI.resolve("clip")).sha256());
        try (Clip clip = ClipWeights.load(folder, manager)) {
            float[] images = new float[2 * 3 * 32 * 32];
            for (int i = 0; i < images.length; i++) {
                images[i] = (float) (1.5 * Math.sin(0.37 * i + 0.1));
            }
            same(clip.encodeImages(manager.create(images, new Shape(2, 3, 32, 32))), theirs.get("image"));
            long[][] rows = tokenizer.rows(List.of("a photo of a red circle.", "a drawing of 7"), clip.config().contextLength(), true);
            assertThat(rows[0]).startsWith(942, 320, 527, 523, 320, 550, 774, 269, 943);
            for (int i = 0; i < 9; i++) {
                assertThat(rows[0][i]).isEqualTo(theirs.get("tokens").get(0).get(i).asLong());
            }
            same(clip.encodeTexts(rows), theirs.get("text"));
        }
    }

    private static void same(NDArray ours, JsonNode theirs) {
        float[] values = ours.toFloatArray();
        assertThat(theirs).hasSize(values.length);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).isEqualTo(theirs.get(i).asDouble(), within(1e-5));
        }
    }

    @Test
    void whatCannotBeWritten() {
        Path resnet = folder.resolve("resnet.safetensors");
        ClipWeights.save(resnet, Clip.random(new ClipConfig(
                16, 32, List.of(1, 1, 1, 1), 8, null, 4, 8, 50, 64, 1, 1, Activation.QUICK_GELU), manager, 1));
        refused(resnet, folder.resolve("hf"), null, "is a CLIP with a ModifiedResNet, which transformers does not have");
        Path own = folder.resolve("model.safetensors");
        ClipWeights.save(own, Clip.random(SMALL, manager, 1));
        refused(folder, folder, null, "is the file that is read: name another folder");
        refused(own, folder.resolve("hf"), Tokenizer.load(MINI.resolve("clip")), "the vocabulary has 944 tokens, the model "
                + own + " knows 520");
        assertThat(folder.resolve("hf")).doesNotExist();
    }

    private static void refused(Path from, Path to, Tokenizer tokenizer, String message) {
        assertThatThrownBy(() -> HuggingFaceExport.write(from, to, Precision.STORED, tokenizer))
                .isInstanceOf(InputException.class).hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    /** As transformers has saved it since version 5; older versions of the format have "left right" for a pair. */
    @Test
    void aTokenizerInOneFile() throws IOException {
        Tokenizer expected = Tokenizer.load(MINI.resolve("clip"));
        expected.save(folder, 16);
        JsonNode vocabulary = Json.tree(folder.resolve("vocab.json"));
        List<String> merges = Files.readAllLines(folder.resolve("merges.txt"));
        for (boolean pairs : new boolean[] {true, false}) {
            Object list = merges.stream().skip(1).map(line -> pairs ? List.of(line.split(" ")) : line).toList();
            Path whole = Files.createDirectories(folder.resolve("whole" + pairs)).resolve("tokenizer.json");
            Files.writeString(whole, Json.write(Map.of("version", "1.0", "added_tokens",
                    List.of(Map.of("id", 943, "content", "<|endoftext|>")),
                    "model", Map.of("type", "BPE", "vocab", vocabulary, "merges", list))));
            assertThat(Tokenizer.load(whole.getParent()).sha256()).isEqualTo(expected.sha256());
            assertThat(Tokenizer.load(whole.getParent()).encode("a photo of a red circle."))
                    .isEqualTo(expected.encode("a photo of a red circle."));
        }
        Path empty = Files.createDirectories(folder.resolve("empty")).resolve("tokenizer.json");
        Files.writeString(empty, "{}");
        assertThatThrownBy(() -> Tokenizer.load(empty)).isInstanceOf(InputException.class).hasMessageContaining("it lacks '!'");
    }
}
