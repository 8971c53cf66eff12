package gift.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;
import gift.nn.Activation;
import gift.tensor.Devices;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipMeanTest {
    private static final ClipConfig SMALL =
            new ClipConfig(16, 16, List.of(1), 64, 8, 1, 8, 64, 32, 2, 1, Activation.QUICK_GELU);

    @TempDir
    private Path folder;

    private Path model(NDManager manager, ClipConfig config, long seed) {
        Path file = folder.resolve(config.embedDim() + "_" + seed + ".safetensors");
        try (Clip clip = Clip.random(config, manager, seed)) {
            ClipWeights.save(file, clip);
        }
        return file;
    }

    private static float value(NDManager manager, Path file) {
        try (Clip clip = ClipWeights.load(file, manager)) {
            return clip.parameters().get("visual.proj").toFloatArray()[3];
        }
    }

    /** (a + b + c) / 3, and with weights 1, 1, 2: (a + b + 2 c) / 4. */
    @Test
    void meanOfThree() {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            List<Path> files = List.of(model(manager, SMALL, 1), model(manager, SMALL, 2), model(manager, SMALL, 3));
            float a = value(manager, files.get(0));
            float b = value(manager, files.get(1));
            float c = value(manager, files.get(2));
            Path out = folder.resolve("mean.safetensors");
            ClipMean.write(out, files, List.of());
            assertThat(value(manager, out)).isCloseTo((a + b + c) / 3, within(1e-6f));
            ClipMean.write(out, files, List.of(1.0, 1.0, 2.0));
            assertThat(value(manager, out)).isCloseTo((a + b + 2 * c) / 4, within(1e-6f));
        }
    }

    @Test
    void whatDoesNotServe() {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            Path one = model(manager, SMALL, 1);
            Path out = folder.resolve("out.safetensors");
            assertThatThrownBy(() -> ClipMean.write(out, List.of(one, one), List.of(1.0)))
                    .isInstanceOf(InputException.class).hasMessage("1 weights for 2 models");
            assertThatThrownBy(() -> ClipMean.write(out, List.of(one), List.of(-1.0)))
                    .isInstanceOf(InputException.class).hasMessage("the weights [-1.0] must be positive");
            ClipConfig wider = new ClipConfig(24, 16, List.of(1), 64, 8, 1, 8, 64, 32, 2, 1, Activation.QUICK_GELU);
            Path other = model(manager, wider, 1);
            assertThatThrownBy(() -> ClipMean.write(out, List.of(one, other), List.of()))
                    .isInstanceOf(InputException.class).hasMessageContaining(other.toString());
            assertThat(out).doesNotExist();
        }
    }
}
