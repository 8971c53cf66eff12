package gift.tensor;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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

    /**
     * One step from theta = 1 at gradient 0.5, rate 0.1 and decay 0.1: Adam's part is the rate itself. All factors 1: 0.99 -
     * 0.1. Half the rate: 0.995 - 0.05. No decay: 1 - 0.1. Frozen: 1. With decay 0.2 of this step's own: 0.98 - 0.1, and so on.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void groupsByHand(boolean fused) {
        List<ParameterGroup> groups = List.of(
                ParameterGroup.frozen("frozen", name -> name.startsWith("text.")),
                ParameterGroup.of("slow", name -> name.equals("slow")).withRate(0.5),
                ParameterGroup.of("biases", name -> name.endsWith("bias")).withDecay(0));
        Map<String, Shape> shapes = new LinkedHashMap<>();
        List.of("other", "text.bias", "bias", "slow").forEach(name -> shapes.put(name, new Shape()));
        for (double decay : new double[] {0.1, 0.2}) {
            try (Parameters all = Parameters.create(manager, shapes, (n, s) -> new float[] {1}).train(name -> true);
                    AdamW optimizer = new AdamW(all, settings(fused), groups)) {
                assertThat(all.trained()).containsOnlyKeys("other", "bias", "slow");
                List<NDArray> gradients = List.of(manager.create(0.5f), manager.create(0.5f), manager.create(0.5f));
                if (decay == 0.1) {
                    optimizer.step(gradients, 0.1);
                } else {
                    optimizer.step(gradients, 0.1, decay);
                }
                assertThat(all.get("other").getFloat()).isCloseTo((float) (0.9 - 0.1 * decay), within(1e-6f));
                assertThat(all.get("slow").getFloat()).isCloseTo((float) (0.95 - 0.05 * decay), within(1e-6f));
                assertThat(all.get("bias").getFloat()).isCloseTo(0.9f, within(1e-6f));
                assertThat(all.get("text.bias").getFloat()).isEqualTo(1);
                assertThat(optimizer.state()).containsOnlyKeys(
                        "m.other", "v.other", "m.bias", "v.bias", "m.slow", "v.slow");
            }
        }
    }

    @Test
    void groupsWithTheSettingsOfTheOptimizerChangeNothing() {
        List<ParameterGroup> groups = List.of(ParameterGroup.of("biases", name -> name.equals("bias")));
        try (Parameters a = weights();
                Parameters b = weights();
                AdamW one = new AdamW(a, settings(true));
                AdamW two = new AdamW(b, settings(true), groups)) {
            for (int step = 0; step < 3; step++) {
                one.step(gradients(step), 0.01);
                two.step(gradients(step), 0.01);
            }
            a.names().forEach(name -> assertThat(b.get(name).toFloatArray()).isEqualTo(a.get(name).toFloatArray()));
        }
    }

    @Test
    void aGroupWithoutTensorsAndAStateOfOtherTensorsAreRefused() {
        try (Parameters a = weights();
                AdamW optimizer = new AdamW(a, settings(true))) {
            assertThatThrownBy(() -> new AdamW(a, settings(true), List.of(ParameterGroup.of("heads", n -> n.equals("head")))))
                    .hasMessage("the parameter group 'heads' takes no trained tensor");
            assertThatThrownBy(() -> optimizer.restore(Map.of(), 1))
                    .hasMessage("the state of the optimizer has no 'm.matrix': it is of other trained tensors");
        }
    }
}
