package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParametersDistanceTest {
    @Test
    void parametersAreAtDistanceZeroFromThemselves() {
        try (NDManager manager = Devices.newManager(Device.cpu());
                Parameters x = Parameters.create(manager, Map.of("x", new Shape(2)), (n, s) -> new float[] {1, 2})) {
            x.train(name -> true);
            assertThat(x.distance(x)).isZero();
            x.set(x);
            x.lerp(x, 0.5);
            assertThat(x.get("x").toFloatArray()).containsExactly(1, 2);
        }
    }
}
