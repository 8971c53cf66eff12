package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SgdTest {
    /**
     * theta = 1, momentum 0.9, decay 0.1, rate 0.1, gradients 0.5 and -1.
     *
     * <p>Step 1: b = 0.5 + 0.1 = 0.6; theta = 1 - 0.06 = 0.94. Step 2: b = 0.54 - 1 + 0.094 = -0.366; theta = 0.9766.
     */
    @Test
    void twoStepsByHandAlsoAfterARestore() {
        try (NDManager manager = Devices.newManager(Device.cpu());
                Parameters one = Parameters.create(manager, Map.of("w", new Shape(1)), (name, shape) -> new float[] {1});
                Sgd first = new Sgd(one.train(name -> true), 0.9, 0.1)) {
            first.step(List.of(manager.create(new float[] {0.5f})), 0.1);
            assertThat(one.get("w").toFloatArray()[0]).isCloseTo(0.94f, within(1e-6f));
            try (Sgd second = new Sgd(one, 0.9, 0.1)) {
                second.restore(first.state(), 1);
                second.step(List.of(manager.create(new float[] {-1})), 0.1);
            }
            assertThat(one.get("w").toFloatArray()[0]).isCloseTo(0.9766f, within(1e-6f));
        }
    }
}
