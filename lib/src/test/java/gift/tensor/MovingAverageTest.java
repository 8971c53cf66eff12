package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MovingAverageTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private Parameters theta(float value) {
        return Parameters.create(manager, Map.of("theta", new Shape()), (name, shape) -> new float[] {value});
    }

    private static float value(Parameters parameters) {
        return parameters.get("theta").getFloat();
    }

    /** Weights 1, 2, 4 and decay 0.75: 0.75 + 0.5 = 1.25, then 0.9375 + 1 = 1.9375. */
    @Test
    void constantDecayByHand() {
        try (Parameters weights = theta(1);
                MovingAverage mean = new MovingAverage(weights, new Curve.Constant(0.75))) {
            assertThat(value(mean.weights())).isEqualTo(1);
            weights.set(theta(2));
            mean.update(0);
            assertThat(value(mean.weights())).isEqualTo(1.25f);
            weights.set(theta(4));
            mean.update(1);
            assertThat(value(mean.weights())).isEqualTo(1.9375f);
            assertThat(value(weights)).isEqualTo(4);
        }
    }

    /** Weights 1, 3, 5: 0.1 + 0.9 3 = 2.8 at decay 1/10, then 2/11 2.8 + 9/11 5 = 50.6/11 = 4.6. */
    @Test
    void risingDecayByHand() {
        try (Parameters weights = theta(1);
                MovingAverage mean = new MovingAverage(weights, new MovingAverage.Rising(0.9))) {
            weights.set(theta(3));
            mean.update(0);
            assertThat(value(mean.weights())).isCloseTo(2.8f, within(1e-6f));
            weights.set(theta(5));
            mean.update(1);
            assertThat(value(mean.weights())).isCloseTo(4.6f, within(1e-6f));
        }
        assertThat(new MovingAverage.Rising(0.9).at(80)).isEqualTo(0.9); // 81 / 90
        assertThat(new MovingAverage.Rising(0.9).at(1000)).isEqualTo(0.9);
    }
}
