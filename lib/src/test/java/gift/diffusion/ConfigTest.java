package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import gift.Shared;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    @TempDir
    Path folder;

    @Test
    void stableDiffusion15() {
        Path root = Shared.require("sd15_configs/stable-diffusion-v1-5");
        UNetConfig unet = UNetConfig.read(root.resolve("unet/config.json"));
        AutoencoderConfig autoencoder = AutoencoderConfig.read(root.resolve("vae/config.json"));
        TextEncoderConfig text = TextEncoderConfig.read(root.resolve("text_encoder/config.json"));
        assertThat(unet).isEqualTo(UNetConfig.STABLE_DIFFUSION_1);
        assertThat(autoencoder).isEqualTo(AutoencoderConfig.STABLE_DIFFUSION_1);
        assertThat(text).isEqualTo(TextEncoderConfig.STABLE_DIFFUSION_1);
    }

    @Test
    void publishedCounts() {
        assertCounts(UNetConfig.STABLE_DIFFUSION_1.shapes(), 686, 859_520_964);
        assertCounts(AutoencoderConfig.STABLE_DIFFUSION_1.shapes(), 248, 83_653_863);
        assertCounts(TextEncoderConfig.STABLE_DIFFUSION_1.shapes(), 196, 123_060_480);
    }

    @Test
    void stableDiffusion2() {
        UNetConfig config = UNetConfig.read(write("""
                {"_class_name": "UNet2DConditionModel", "attention_head_dim": [5, 10, 20, 20], "sample_size": 96,
                 "cross_attention_dim": 1024, "use_linear_projection": true, "upcast_attention": true,
                 "dual_cross_attention": false, "num_class_embeds": null, "only_cross_attention": false}
                """));
        assertCounts(config.shapes(), 686, 865_910_724);
        assertThat(config.heads(0)).isEqualTo(5);
        assertThat(config.heads(3)).isEqualTo(20);
    }

    private static void assertCounts(Map<String, Shape> shapes, int tensors, long values) {
        assertThat(shapes).hasSize(tensors);
        assertThat(shapes.values().stream().mapToLong(Shape::size).sum()).isEqualTo(values);
    }

    @Test
    void silentFileTakesDiffusersDefaults() {
        UNetConfig config = UNetConfig.read(write("{\"_anything\": 1, \"time_embedding_dim\": null, \"norm_eps\": null}"));
        assertThat(config.crossAttentionDim()).isEqualTo(1280);
        assertThat(config.normEps()).isEqualTo(1e-5);
        assertThat(config.timeWidth()).isEqualTo(1280);
        assertThat(AutoencoderConfig.read(write("{}")).blockOutChannels()).containsExactly(64);
        assertThat(TextEncoderConfig.read(write("{}")).hiddenSize()).isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"conv_magic\": 3}                          | unknown key 'conv_magic'",
        "{\"conv_magic\": null}                       | unknown key 'conv_magic'",
        "{\"act_fn\": \"gelu\"}                       | option 'act_fn' is \"gelu\", which is not supported (supported: \"silu\", \"swish\")",
        "{\"class_embed_type\": \"timestep\"}         | option 'class_embed_type' is \"timestep\"",
        "{\"num_attention_heads\": 8}                 | option 'num_attention_heads' is 8",
        "{\"resnet_out_scale_factor\": 2.0}           | option 'resnet_out_scale_factor' is 2.0",
        "{\"mid_block_type\": \"UNetMidBlock2D\"}     | option 'mid_block_type'",
        "{\"center_input_sample\": true}              | option 'center_input_sample' is true",
        "{\"attention_head_dim\": 7}                  | channels 320 are no multiple of the 7 heads (attention_head_dim)",
        "{\"attention_head_dim\": [8, 8]}             | attention_head_dim must be one number or one for each",
        "{\"norm_num_groups\": 7}                     | channels 320 are no multiple of norm_num_groups 7",
        "{\"block_out_channels\": [32, 64]}           | must have equal length",
        "{\"layers_per_block\": [2, 2, 2, 2]}         | layers_per_block",
        "{\"down_block_types\": [\"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\", \"AttnDownBlock2D\"]} | AttnDownBlock2D",
        "{\"_class_name\": \"UNet2DModel\"}           | it describes UNet2DModel, not UNet2DConditionModel",
        "[1]                                          | expected an object",
        "{\"sample_size\": 64,                        | not JSON",
    })
    void unetRefuses(String json, String message) {
        assertThatThrownBy(() -> UNetConfig.read(write(json))).isInstanceOf(InputException.class)
                .hasMessageContaining(message).hasMessageContaining("config.json").hasMessageNotContaining("\n");
    }

    @Test
    void othersRefuseToo() {
        assertThatThrownBy(() -> AutoencoderConfig.read(write("{\"shift_factor\": 0.1}")))
                .isInstanceOf(InputException.class).hasMessageContaining("option 'shift_factor' is 0.1");
        assertThatThrownBy(() -> AutoencoderConfig.read(write("{\"down_block_types\": [\"AttnDownEncoderBlock2D\"]}")))
                .isInstanceOf(InputException.class).hasMessageContaining("AttnDownEncoderBlock2D");
        assertThatThrownBy(() -> TextEncoderConfig.read(write("{\"hidden_act\": \"relu\"}")))
                .isInstanceOf(InputException.class).hasMessageContaining("option 'hidden_act' is \"relu\"");
        assertThatThrownBy(() -> TextEncoderConfig.read(write("{\"layer_norm_eps\": 1e-6}")))
                .isInstanceOf(InputException.class).hasMessageContaining("option 'layer_norm_eps'");
        assertThatThrownBy(() -> UNetConfig.read(folder.resolve("nowhere.json"))).isInstanceOf(InputException.class);
    }

    @Test
    void writtenConfigurationIsReadBack() {
        for (UNetConfig config : new UNetConfig[] {Small.UNET, Small.unet(true), UNetConfig.STABLE_DIFFUSION_1}) {
            assertThat(UNetConfig.read(write(Json.write(ModelFolder.named(UNet.CLASS, config))))).isEqualTo(config);
        }
        assertThat(Json.write(ModelFolder.named(UNet.CLASS, UNetConfig.STABLE_DIFFUSION_1)))
                .contains("\"attention_head_dim\" : 8,").contains("\"_class_name\" : \"UNet2DConditionModel\"");
    }

    private Path write(String json) {
        try {
            return Files.writeString(folder.resolve("config.json"), json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
