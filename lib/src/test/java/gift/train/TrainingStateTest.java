package gift.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;
import gift.tensor.Devices;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainingStateTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void partsGoInAndComeOut() {
        NDArray weight = manager.create(new float[] {1, 2});
        NDArray mean = manager.create(new float[] {3, 4});
        TrainingState state = new TrainingState().put("parameters", Map.of("visual.proj", weight))
                .put("mean", Map.of("visual.proj", mean));
        assertThat(state.all()).containsOnlyKeys("parameters.visual.proj", "mean.visual.proj");
        assertThat(state.part("mean")).containsExactly(Map.entry("visual.proj", mean));
        assertThat(state.part("par")).isEmpty();

        NDArray other = manager.create(new float[2]);
        new TrainingState(state.all()).copy("mean", Map.of("visual.proj", other));
        assertThat(other.toFloatArray()).containsExactly(3, 4);
        assertThatThrownBy(() -> state.copy("mean", Map.of("ln_final.bias", other))).isInstanceOf(InputException.class)
                .hasMessage("the state of the training has no 'mean.ln_final.bias': it is of another model");
    }
}
