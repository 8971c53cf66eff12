package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossScaleTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private Parameters x() {
        return Parameters.create(manager, Map.of("x", new Shape(2)), (name, shape) -> new float[] {1, 2}).train(name -> true);
    }

    /** One update with the gradient (3, 3) of 3 sum(x), to which {@code more} is added before the scale is taken out. */
    private static void update(Parameters x, MixedPrecision mixed, AdamW optimizer, float more) {
        try (Gradients recording = Gradients.record(mixed)) {
            x.zeroGradients();
            recording.backward(NativeOps.scale(x.get("x").sum(), 3));
            List<NDArray> gradients = x.gradients();
            Scopes.withoutGradients(() -> {
                gradients.get(0).addi(more);
            });
            mixed.unscale(gradients);
            optimizer.step(gradients, 0.1);
            mixed.update();
        }
    }

    /**
     * AdamW's first step is the rate times the sign: 1 - 0.1, 2 - 0.1, whatever the scale. An infinite gradient leaves
     * everything as it is and halves 65,536.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOverflowIsLeftOut(boolean fused) {
        try (Parameters x = x(); MixedPrecision mixed = new MixedPrecision(Compute.FP16, x);
                AdamW optimizer = new AdamW(x, new AdamW.Settings(0.9, 0.999, 1e-8, 0, fused)).skippingWhere(mixed.found())) {
            update(x, mixed, optimizer, Float.POSITIVE_INFINITY);
            assertThat(x.get("x").toFloatArray()).containsExactly(1, 2);
            assertThat(mixed.skipped()).isEqualTo(1);
            assertThat(mixed.state().get("scale").getFloat()).isEqualTo(32768);
            assertThat(optimizer.state().get("m.x").toFloatArray()).containsExactly(0, 0);
            update(x, mixed, optimizer, 0);
            assertThat(x.get("x").toFloatArray()).containsExactly(new float[] {0.9f, 1.9f}, within(1e-6f));
            assertThat(x.get("x").getGradient().toFloatArray()).containsExactly(3, 3);
            assertThat(mixed.state().get("tracker").getFloat()).isEqualTo(1);
            assertThat(mixed.skipped()).isEqualTo(1);
        }
    }

    @Test
    void twoThousandUpdatesDoubleTheScale() {
        try (Parameters x = x(); MixedPrecision mixed = new MixedPrecision(Compute.FP16, x)) {
            Scopes.withoutGradients(() -> {
                mixed.state().get("tracker").addi(1998);
            });
            mixed.update();
            assertThat(mixed.state().get("scale").getFloat()).isEqualTo(65536);
            mixed.update();
            assertThat(mixed.state().get("scale").getFloat()).isEqualTo(131072);
            assertThat(mixed.state().get("tracker").getFloat()).isZero();
        }
    }

    /** Gradients (3, 3) times 65,536 are (3, 3) while the penalty sees them; the pull (1, 2) that it adds is scaled. */
    @Test
    void thePullOfAPenaltyIsScaled() {
        try (Parameters x = x(); MixedPrecision mixed = new MixedPrecision(Compute.FP16, x);
                Gradients recording = Gradients.record(mixed)) {
            recording.backward(NativeOps.scale(x.get("x").sum(), 3));
            List<NDArray> gradients = x.gradients();
            mixed.unscaled(gradients, () -> Scopes.withoutGradients(() -> {
                assertThat(gradients.get(0).toFloatArray()).containsExactly(3, 3);
                gradients.get(0).addi(manager.create(new float[] {1, 2}));
            }));
            assertThat(gradients.get(0).toFloatArray()).containsExactly(4 * 65536, 5 * 65536);
            mixed.unscale(gradients);
            assertThat(gradients.get(0).toFloatArray()).containsExactly(4, 5);
            assertThat(mixed.overflows(gradients)).isFalse();
        }
    }

    @Test
    void nothingIsScaledButInFp16() {
        for (Compute compute : List.of(Compute.FP32, Compute.TF32, Compute.BF16)) {
            try (Parameters x = x(); MixedPrecision mixed = new MixedPrecision(compute, x)) {
                assertThat(mixed.state()).isEmpty();
                assertThat(mixed.found()).isNull();
                try (Gradients recording = Gradients.record(mixed)) {
                    assertThat(x.compute()).isEqualTo(compute.precision());
                    recording.backward(x.get("x").sum());
                    mixed.unscale(x.gradients());
                    assertThat(x.gradients().get(0).toFloatArray()).containsExactly(1, 1);
                }
                assertThat(x.compute()).isEqualTo(Precision.FP32);
            }
        }
    }
}
