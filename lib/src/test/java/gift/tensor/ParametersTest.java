package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private static Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("layer.weight", new Shape(1, 2));
        shapes.put("layer.bias", new Shape(1));
        return shapes;
    }

    /** weight (a, b), bias (c). */
    private Parameters of(float a, float b, float c) {
        return Parameters.create(manager, shapes(),
                (name, shape) -> name.endsWith("weight") ? new float[] {a, b} : new float[] {c});
    }

    private static float[] values(Parameters parameters) {
        float[] weight = parameters.get("layer.weight").toFloatArray();
        return new float[] {weight[0], weight[1], parameters.get("layer.bias").toFloatArray()[0]};
    }

    @Test
    void namesAndSizes() {
        Parameters p = of(1, 2, 3);
        assertThat(p.names()).containsExactly("layer.weight", "layer.bias");
        assertThat(p.size()).isEqualTo(3);
        assertThat(p.has("layer.bias")).isTrue();
        assertThat(p.has("bias")).isFalse();
        assertThatThrownBy(() -> p.get("bias")).hasMessage("the model has no tensor 'bias'");
        assertThatThrownBy(() -> p.all().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aCopyIsIndependentAndOutlivesItsModel() {
        Parameters original = of(1, 2, 3);
        Parameters copy = original.copy();
        original.set(of(4, 5, 6));
        original.close();
        assertThat(values(copy)).containsExactly(1, 2, 3);
        assertThat(copy.trained()).isEmpty();
    }

    @Test
    void setAndLerpChangeTheArraysInPlace() {
        Parameters p = of(1, 2, 3);
        var weight = p.get("layer.weight");
        p.lerp(of(5, 6, 7), 0.25);
        assertThat(values(p)).containsExactly(2, 3, 4);
        p.set(of(-1, -2, -3));
        assertThat(weight.toFloatArray()).containsExactly(-1, -2);
    }

    @Test
    void setAndLerpWorkOnTrainedTensorsWhileGradientsAreRecorded() {
        Parameters p = of(1, 2, 3).train(name -> true);
        try (Gradients recording = Gradients.record()) {
            p.set(of(5, 6, 7));
            p.lerp(of(1, 2, 3), 0.5);
            recording.backward(p.get("layer.bias").sum()); // 4, and still a leaf
        }
        assertThat(values(p)).containsExactly(3, 4, 5);
        assertThat(p.get("layer.weight").hasGradient()).isTrue();
    }

    /** Weights alone: sqrt(3^2 + 4^2) = 5; with the bias sqrt(9 + 16 + 144) = 13. */
    @Test
    void distanceCountsTrainedTensors() {
        Parameters p = of(0, 0, 0);
        Parameters other = of(3, 4, 12);
        assertThat(p.train(name -> name.endsWith("weight")).distance(other)).isCloseTo(5, within(1e-6));
        assertThat(p.train(name -> true).distance(other)).isCloseTo(13, within(1e-6));
    }

    @Test
    void onlyChosenTensorsAreTrained() {
        Parameters p = of(1, 2, 3).train(name -> true).train(name -> name.endsWith("bias"));
        assertThat(p.trained()).containsOnlyKeys("layer.bias");
        try (Gradients recording = Gradients.record()) {
            recording.backward(p.get("layer.weight").sum().mul(p.get("layer.bias").sum())); // (1 + 2) b
            assertThat(p.gradients()).hasSize(1);
            assertThat(p.gradients().get(0).toFloatArray()).containsExactly(3);
            p.zeroGradients();
            assertThat(p.gradients().get(0).toFloatArray()).containsExactly(0);
        }
        assertThat(p.get("layer.weight").hasGradient()).isFalse();
    }

    @Test
    void shapesThatFitPass() {
        assertThatCode(() -> Parameters.requireShapes("x", shapes(), shapes())).doesNotThrowAnyException();
    }

    @Test
    void allFaultsInOneLine() {
        Map<String, Shape> found = new LinkedHashMap<>();
        found.put("layer.weight", new Shape(2, 1));
        for (int i = 0; i < 7; i++) {
            found.put("extra" + i, new Shape(1));
        }
        assertThatThrownBy(() -> Parameters.requireShapes("model.safetensors", shapes(), found))
                .isInstanceOf(InputException.class)
                .hasMessage("the tensors of model.safetensors do not fit the model: 1 missing (layer.bias); "
                        + "7 unexpected (extra0, extra1, extra2, extra3, extra4, ...); "
                        + "1 misshapen (layer.weight (2, 1) instead of (1, 2))");
    }
}
