package gift.tensor;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private Parameters weights() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("matrix", new Shape(20, 30));
        shapes.put("bias", new Shape(7));
        return Parameters.create(manager, shapes,
                (name, shape) -> normal(manager, name, shape.getShape()).toFloatArray()).train(name -> true);
    }

    private List<NDArray> gradients(int step) {
        return List.of(normal(manager, "matrix" + step, 20, 30), normal(manager, "bias" + step, 7));
    }

    private static AdamW.Settings settings(boolean fused) {
        return new AdamW.Settings(0.9, 0.999, 1e-8, 0.1, fused);
    }

    /**
     * theta = 1, rate 0.1, decay 0.1, gradients 0.5 and -1.
     *
     * <p>Step 1: theta = 0.99; m = 0.05, v = 0.00025; m / 0.1 = 0.5, v / 0.001 = 0.25; theta = 0.99 - 0.1 0.5 / 0.5.
     *
     * <p>Step 2: theta = 0.89 0.99 = 0.8811; m = 0.045 - 0.1 = -0.055, v = 0.00024975 + 0.001 = 0.00124975;
     * m / 0.19 = -0.289474, v / 0.001999 = 0.625188, its root 0.790688; theta = 0.8811 + 0.1 0.289474 / 0.790688.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoStepsByHand(boolean fused) {
        try (Parameters one = Parameters.create(manager, Map.of("theta", new Shape()), (n, s) -> new float[] {1})
                        .train(name -> true);
                AdamW optimizer = new AdamW(one, settings(fused))) {
            optimizer.step(List.of(manager.create(0.5f)), 0.1);
            assertThat(one.get("theta").getFloat()).isCloseTo(0.89f, within(1e-6f));
            optimizer.step(List.of(manager.create(-1f)), 0.1);
            assertThat(one.get("theta").getFloat()).isCloseTo(0.917710f, within(1e-6f));
            assertThat(optimizer.state().get("m.theta").getFloat()).isCloseTo(-0.055f, within(1e-8f));
            assertThat(optimizer.state().get("v.theta").getFloat()).isCloseTo(0.00124975f, within(1e-9f));
            assertThat(optimizer.count()).isEqualTo(2);
        }
    }

    /** Both forms round differently, by some 1e-7 of a weight in a step. */
    @Test
    void fusedEqualsPlain() {
        try (Parameters a = weights();
                Parameters b = weights();
                AdamW fused = new AdamW(a, settings(true));
                AdamW plain = new AdamW(b, settings(false))) {
            for (int step = 0; step < 20; step++) {
                fused.step(gradients(step), 0.01);
                plain.step(gradients(step), 0.01);
            }
            for (String name : a.names()) {
                assertThat(difference(a.get(name).toFloatArray(), b.get(name).toFloatArray())).isLessThan(1e-6);
                for (String moment : List.of("m.", "v.")) {
                    assertThat(difference(fused.state().get(moment + name).toFloatArray(),
                            plain.state().get(moment + name).toFloatArray())).isLessThan(1e-6);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restoredEqualsUninterruptedBitForBit(boolean fused) {
        try (Parameters a = weights();
                AdamW first = new AdamW(a, settings(fused))) {
            for (int step = 0; step < 3; step++) {
                first.step(gradients(step), 0.01);
            }
            try (Parameters b = a.copy().train(name -> true);
                    AdamW second = new AdamW(b, settings(fused))) {
                second.restore(first.state(), first.count());
                for (int step = 3; step < 6; step++) {
                    first.step(gradients(step), 0.01);
                    second.step(gradients(step), 0.01);
                }
                assertThat(second.count()).isEqualTo(6);
                for (String name : a.names()) {
                    assertThat(b.get(name).toFloatArray()).isEqualTo(a.get(name).toFloatArray());
                }
            }
        }
    }
}
