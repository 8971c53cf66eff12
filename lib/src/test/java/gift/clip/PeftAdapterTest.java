package gift.clip;

import static gift.Numbers.difference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.nn.Activation;
import gift.nn.LowRank;
import gift.tensor.Devices;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Low-rank weights in peft's layout. The expected features were computed by peft 0.21 on transformers' image tower, once from
 * a folder that we wrote; the folder that peft wrote of them was read back here. Weights and images are those of a formula.
 */
class PeftAdapterTest {
    private static final VisionConfig TINY = new VisionConfig(6, 16, List.of(2), 8, 8, 2, Activation.QUICK_GELU);

    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    /** sin(0.37 i + the sum of the name's characters), scaled: the same in any language. */
    private static float[] wave(String name, Shape shape, double scale) {
        int phase = name.chars().sum();
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * Math.sin(0.37 * i + phase));
        }
        return values;
    }

    private ImageTower tower() {
        return new ImageTower(TINY, Parameters.create(manager, TINY.shapes(), (name, shape) -> wave(name, shape, 0.3)));
    }

    private LowRank lowRank(ImageTower tower) {
        LowRank.Settings settings = new LowRank.Settings(2, 4, 0.1, 7);
        return LowRank.under(tower.parameters(), name -> name.contains(".attn."), settings,
                (name, shape) -> wave(name, shape, 0.5));
    }

    private float[] features(ImageTower tower) {
        Shape shape = new Shape(1, 3, 16, 16);
        NDArray images = manager.create(wave("image", shape, 1), shape);
        return Scopes.withoutGradients(() -> tower.encode(images)).toFloatArray();
    }

    @Test
    void whatIsWrittenIsReadAndComputesAsPeftDoes(@TempDir Path folder) {
        ImageTower tower = tower();
        LowRank lowRank = lowRank(tower);
        PeftAdapter.save(folder, lowRank);
        float[] apart = features(tower);
        assertThat(difference(apart, EXPECTED)).isLessThan(1e-5);
        lowRank.merge();
        assertThat(difference(features(tower), apart)).isLessThan(1e-6);
        assertThat(Json.tree(folder.resolve("adapter_config.json")).get("lora_alpha").isInt()).isTrue();
        try (SafeTensors file = SafeTensors.open(folder.resolve("adapter_model.safetensors"))) {
            assertThat(file.entries()).hasSize(16)
                    .containsKey("base_model.model.vision_model.encoder.layers.1.self_attn.out_proj.lora_B.weight");
        }
        ImageTower other = tower();
        LowRank read = PeftAdapter.load(folder, other.parameters(), 7);
        assertThat(read.settings()).isEqualTo(lowRank.settings());
        assertThat(features(other)).isEqualTo(apart);
    }

    private static final float[] EXPECTED =
            {0.07978201f, 0.06361379f, 0.038835734f, 0.008801445f, -0.022424094f, -0.050614618f};

    @Test
    void settingsThatComputeSomethingElseAreRefused(@TempDir Path folder) throws IOException {
        PeftAdapter.save(folder, lowRank(tower()));
        Path config = folder.resolve("adapter_config.json");
        String sound = Files.readString(config);
        for (String[] change : new String[][] {
            {"\"fan_in_fan_out\": false", "\"use_dora\": true", "use_dora is true; low-rank weights are known without it"},
            {"\"LORA\"", "\"IA3\"", "peft_type is \"IA3\"; LORA is known"},
            {"\"r\": 2", "\"r\": \"two\"", "r is \"two\", not a number"}}) {
            assertThat(sound.replaceAll(" *: *", ": ")).contains(change[0]);
            AtomicFiles.writeString(config, sound.replaceAll(" *: *", ": ").replace(change[0], change[1]));
            assertThatThrownBy(() -> PeftAdapter.load(folder, tower().parameters(), 1)).isInstanceOf(InputException.class)
                    .hasMessage(config + ": " + change[2]);
        }
        AtomicFiles.writeString(config, sound.replaceAll(" *: *", ": ").replace("\"r\": 2", "\"r\": 3"));
        assertThatThrownBy(() -> PeftAdapter.load(folder, tower().parameters(), 1)).isInstanceOf(InputException.class)
                .hasMessageContaining("do not fit the model: 16 misshapen");
    }

    @Test
    void loralibBeginsUniform() {
        LowRank.Settings settings = new LowRank.Settings(4, 8, 0, 1);
        ImageTower tower = tower();
        LowRank lowRank = LowRank.under(tower.parameters(), name -> name.contains(".attn."), settings, LowRank.uniform(settings));
        float most = 0;
        for (float value : lowRank.parameters().get("visual.transformer.resblocks.0.attn.q_proj.lora_A.weight").toFloatArray()) {
            most = Math.max(most, Math.abs(value));
        }
        assertThat((double) most).isBetween(0.8 / Math.sqrt(8), 1 / Math.sqrt(8));
        assertThat(features(tower)).isEqualTo(features(tower()));
    }
}
