package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Devices;
import gift.tensor.Parameters;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MethodVariantsTest {
    @Test
    void aVariantDiffersInWhatItNamesAndInNothingElse() {
        Method variant = Method.GIFT.withWeights(2, 0.5, 3).withTeacher(Method.Teacher.INITIAL).withTemperature(8);
        assertThat(variant.distillation()).isEqualTo(2);
        assertThat(variant.alignment()).isEqualTo(0.5);
        assertThat(variant.penaltyWeight()).isEqualTo(3);
        assertThat(variant.teacher()).isEqualTo(Method.Teacher.INITIAL);
        assertThat(variant.temperature()).isEqualTo(8);
        assertThat(variant.withWeights(1, 0.25, 1).withTeacher(Method.Teacher.PREVIOUS).withTemperature(2))
                .isEqualTo(Method.GIFT);
    }

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
