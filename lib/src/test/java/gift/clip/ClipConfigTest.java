package gift.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.io.Json;
import gift.nn.Activation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClipConfigTest {
    /** OpenAI's RN50. */
    private static final ClipConfig RN50 = new ClipConfig(
            1024, 224, List.of(3, 4, 6, 3), 64, null, 32, 77, 49408, 512, 8, 12, Activation.QUICK_GELU);

    private static final ClipConfig VIT_L_14 = new ClipConfig(
            768, 224, List.of(24), 1024, 14, 16, 77, 49408, 768, 12, 12, Activation.QUICK_GELU);

    private static long size(Map<String, Shape> shapes) {
        return shapes.values().stream().mapToLong(Shape::size).sum();
    }

    /** The number of parameters that PyTorch counts in OpenAI's model. */
    @Test
    void vitB16HasItsPublishedSize() {
        Map<String, Shape> shapes = ClipConfig.VIT_B_16.shapes();
        assertThat(size(shapes)).isEqualTo(149_620_737);
        assertThat(shapes).hasSize(302);
        assertThat(shapes).containsEntry("visual.positional_embedding", new Shape(197, 768))
                .containsEntry("logit_scale", new Shape());
    }

    /** PyTorch counts parameters without the buffers of batch normalization. */
    @Test
    void rn50HasItsPublishedSize() {
        Map<String, Shape> shapes = RN50.shapes();
        shapes.keySet().removeIf(name -> name.matches(".*(running_mean|running_var|num_batches_tracked)"));
        assertThat(size(shapes)).isEqualTo(102_007_137);
    }

    static List<ClipConfig> models() {
        return List.of(ClipConfig.VIT_B_16, VIT_L_14, RN50);
    }

    @ParameterizedTest
    @MethodSource("models")
    void shapesTellTheSize(ClipConfig config) {
        assertThat(ClipConfig.infer("file", config.shapes())).isEqualTo(config);
    }

    @ParameterizedTest
    @MethodSource("models")
    void writtenAndReadAgain(ClipConfig config) {
        assertThat(Json.convert("x", Json.parse("x", Json.write(config)), ClipConfig.class)).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource({"text_projection", "positional_embedding", "token_embedding.weight", "visual.conv1.weight"})
    void otherFilesAreNoClip(String missing) {
        Map<String, Shape> shapes = ClipConfig.VIT_B_16.shapes();
        shapes.remove(missing);
        assertThatThrownBy(() -> ClipConfig.infer("file", shapes)).isInstanceOf(InputException.class)
                .hasMessage("file holds no CLIP under OpenAI's or Hugging Face's names");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0  |224|768|16|12|8|every size must be positive",
        "512|224|768|16|12|7|transformer width 512 is no multiple of its heads 7",
        "512|225|768|16|12|8|resolution 225 is no multiple of the patch size 16",
        "512|224|768|0 |12|8|resolution 224 is no multiple of the patch size 0",
        "512|224|768|16|7 |8|vision width 768 is no multiple of its heads 7",
        "512|224|768|  |12|8|a ModifiedResNet has four numbers of layers, not [12]"})
    void impossibleSizesAreRefused(int embed, int resolution, int width, Integer patch, int visionHeads, int heads,
            String message) {
        assertThatThrownBy(() -> new ClipConfig(embed, resolution, List.of(12), width, patch, visionHeads, 77, 49408,
                512, heads, 12, null)).isInstanceOf(InputException.class).hasMessage("CLIP configuration: " + message);
    }

    private static ClipConfig resNet(int resolution, int heads) {
        return new ClipConfig(1024, resolution, List.of(3, 4, 6, 3), 64, null, heads, 77, 49408, 512, 8, 12, null);
    }

    @Test
    void impossibleTowersAreRefused() {
        assertThatThrownBy(() -> new ClipConfig(512, 224, List.of(3, 4), 768, 16, 12, 77, 49408, 512, 8, 12, null))
                .hasMessage("CLIP configuration: a ViT has one number of layers, not [3, 4]");
        assertThatThrownBy(() -> resNet(240, 32))
                .hasMessage("CLIP configuration: resolution 240 is no multiple of 32");
        assertThatThrownBy(() -> resNet(224, 0))
                .hasMessage("CLIP configuration: vision width 32 * 64 is no multiple of its heads 0");
        assertThatThrownBy(() -> new ClipConfig(512, 224, List.of(0), 768, 16, 12, 77, 49408, 512, 8, 12, null))
                .hasMessage("CLIP configuration: every size must be positive");
    }
}
