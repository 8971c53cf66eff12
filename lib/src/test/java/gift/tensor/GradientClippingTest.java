package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gradients (3, 4) of "matrix" and 12 of "bias": norms 5 and 12, together 13. */
class GradientClippingTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    /** The gradients after clipping, "matrix" first. */
    private List<float[]> clipped(float[] matrix, float bias, ToDoubleFunction<Parameters> clip, double norm) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("matrix", new Shape(2));
        shapes.put("bias", new Shape());
        try (Parameters parameters = Parameters.create(manager, shapes, (n, s) -> new float[(int) s.size()])
                        .train(name -> true);
                Gradients recording = Gradients.record()) {
            NDArray loss = parameters.get("matrix").mul(manager.create(matrix)).sum()
                    .add(parameters.get("bias").mul(manager.create(bias)));
            recording.backward(loss);
            assertThat(clip.applyAsDouble(parameters)).isEqualTo(Double.valueOf(norm)); // NaN equals itself
            return parameters.gradients().stream().map(NDArray::toFloatArray).toList();
        }
    }

    /** 6.5 / 13 is a half, less the 1e-6 of the denominator. */
    @Test
    void allTogether() {
        List<float[]> gradients = clipped(new float[] {3, 4}, 12, p -> GradientClipping.clip(p, 6.5), 13);
        assertThat(gradients.get(0)).containsExactly(new float[] {1.5f, 2}, within(1e-6f));
        assertThat(gradients.get(1)).containsExactly(new float[] {6}, within(1e-6f));
    }

    @Test
    void aNormBelowTheLimitChangesNothing() {
        for (double most : new double[] {13.1, 1e9, Double.POSITIVE_INFINITY}) {
            List<float[]> gradients = clipped(new float[] {3, 4}, 12, p -> GradientClipping.clip(p, most), 13);
            assertThat(gradients.get(0)).containsExactly(3, 4);
            assertThat(gradients.get(1)).containsExactly(12);
        }
    }

    /** At most 6: 5 stays, 12 becomes 6. */
    @Test
    void eachGroupAlone() {
        List<float[]> gradients = clipped(new float[] {3, 4}, 12, p -> {
            Map<String, Double> norms = GradientClipping.clip(p, 6, name -> name);
            assertThat(norms).containsExactly(Map.entry("matrix", 5.0), Map.entry("bias", 12.0));
            return 0;
        }, 0);
        assertThat(gradients.get(0)).containsExactly(3, 4);
        assertThat(gradients.get(1)).containsExactly(new float[] {6}, within(1e-6f));
    }

    @Test
    void aNormThatIsNotFiniteIsReturned() {
        clipped(new float[] {Float.POSITIVE_INFINITY, 4}, 12, p -> GradientClipping.clip(p, 1), Double.POSITIVE_INFINITY);
        clipped(new float[] {Float.NaN, 4}, 12, p -> GradientClipping.clip(p, 1), Double.NaN);
    }

    @Test
    void keepsNoArraysAndWantsALimitAboveZero() {
        clipped(new float[] {3, 4}, 12, p -> GradientClipping.clip(p, 1), 13);
        int before = Numbers.openArrays(manager);
        clipped(new float[] {3, 4}, 12, p -> {
            p.gradients(); // whose handles are kept
            int arrays = Numbers.openArrays(manager);
            double norm = GradientClipping.clip(p, 1);
            assertThat(Numbers.openArrays(manager)).isEqualTo(arrays);
            return norm;
        }, 13);
        assertThat(Numbers.openArrays(manager)).isEqualTo(before);
        try (Parameters none = Parameters.create(manager, Map.of("a", new Shape(1)), (n, s) -> new float[1])) {
            assertThatThrownBy(() -> GradientClipping.clip(none, 0))
                    .hasMessage("the largest norm of gradients must be above 0, not 0.0");
        }
    }
}
