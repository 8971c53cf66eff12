package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import gift.Numbers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradientsTest {
    private final NDManager manager = Devices.newManager(Device.cpu());
    private final Parameters parameters =
            Parameters.create(manager, Map.of("x", new Shape(2)), (name, shape) -> new float[] {3, 5})
                    .train(name -> true);

    @BeforeEach
    void off() {
        JniUtils.setGradMode(false);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** d/dx sum x^2 = 2 x, and a second backward adds to the first. */
    @Test
    void gradientsAccumulateUntilZeroed() {
        NDArray x = parameters.get("x");
        try (Gradients recording = Gradients.record()) {
            recording.backward(x.mul(x).sum());
            recording.backward(x.sum());
            assertThat(x.getGradient().toFloatArray()).containsExactly(7, 11);
        }
        try (Gradients recording = Gradients.record()) {
            parameters.zeroGradients();
            recording.backward(x.sum());
            assertThat(x.getGradient().toFloatArray()).containsExactly(1, 1);
        }
    }

    /** The gradient of x / 2 is 1/2; where x is frozen there is none to add, and of a loss that is an error. */
    @Test
    void fromTheMiddleBackToWhatIsTrained() {
        NDArray x = parameters.get("x");
        NDArray ones = manager.ones(new Shape(2));
        try (Gradients recording = Gradients.record()) {
            recording.backward(NativeOps.scale(x, 0.5), ones);
            assertThat(x.getGradient().toFloatArray()).containsExactly(0.5f, 0.5f);
        }
        parameters.zeroGradients();
        parameters.train(name -> false);
        try (Gradients recording = Gradients.record()) {
            recording.backward(NativeOps.scale(x, 0.5), ones);
            assertThatThrownBy(() -> recording.backward(x.sum())).hasMessageContaining("does not require grad");
        }
    }

    @Test
    void gradModeIsRestoredAndNothingStaysOpen() {
        NDArray x = parameters.get("x");
        int before = 0;
        for (int i = 0; i < 10; i++) {
            try (Gradients recording = Gradients.record()) {
                assertThat(JniUtils.isGradMode()).isTrue();
                recording.backward(NativeOps.silu(x).sum());
                NativeOps.zero(parameters.gradients());
            }
            assertThat(JniUtils.isGradMode()).isFalse();
            before = i == 0 ? Numbers.openArrays(manager) : before; // the first call caches its scalars
        }
        assertThat(Numbers.openArrays(manager)).isEqualTo(before);
    }

    /** A handle is made once, sees every later gradient, and is given up when other tensors are trained. */
    @Test
    void handlesAreKept() {
        NDArray x = parameters.get("x");
        long made = GradientHandles.made();
        assertThat(parameters.gradients().get(0).toFloatArray()).containsExactly(0, 0); // no backward yet: of the moment
        NDArray kept = null;
        for (int i = 1; i <= 3; i++) {
            try (Gradients recording = Gradients.record()) {
                parameters.zeroGradients();
                recording.backward(NativeOps.scale(x.sum(), i));
                assertThat(parameters.gradient("x").toFloatArray()).containsExactly(i, i);
                assertThat(parameters.gradients().get(0)).isSameAs(parameters.gradient("x"));
                kept = i == 1 ? parameters.gradient("x") : kept;
            }
        }
        assertThat(parameters.gradient("x")).isSameAs(kept);
        assertThat(GradientHandles.made() - made).isEqualTo(2);
        int open = Numbers.openArrays(manager);
        parameters.train(name -> true);
        assertThat(Numbers.openArrays(manager)).isEqualTo(open - 1);
        assertThat(parameters.gradient("x").toFloatArray()).containsExactly(3, 3);
    }

    @Test
    void aFailureRestoresGradModeAndClosesArrays() {
        int before = Numbers.openArrays(manager);
        assertThatThrownBy(() -> {
            try (Gradients recording = Gradients.record()) {
                recording.backward(parameters.get("x").sum());
                throw new IllegalStateException("on purpose");
            }
        }).hasMessage("on purpose");
        assertThat(JniUtils.isGradMode()).isFalse();
        assertThat(Numbers.openArrays(manager)).isEqualTo(before);
    }
}
