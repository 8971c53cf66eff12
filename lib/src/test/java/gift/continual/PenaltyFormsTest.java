package gift.continual;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.NativeOps;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The penalty in closed form against equations 5 and 6 by autograd: its value, and the gradient that it adds. */
class PenaltyFormsTest {
    private static final double LAMBDA = 0.7;

    private final NDManager manager = Devices.newManager(Device.cpu());
    private final List<NDArray> x = tensors("x");
    private final List<NDArray> anchor = tensors("anchor");
    private final List<NDArray> gradients = tensors("gradient");

    @AfterEach
    void close() {
        manager.close();
    }

    /** A matrix, a vector, a scalar. */
    private List<NDArray> tensors(String name) {
        return List.of(normal(manager, name + 0, 3, 4), normal(manager, name + 1, 5), normal(manager, name + 2));
    }

    /** @param fisher F of each tensor, or null for F = 1 */
    private void assertSame(NDArray closedForm, List<NDArray> fisher) {
        x.forEach(array -> array.setRequiresGradient(true));
        List<NDArray> before = tensors("gradient");
        try (Gradients recording = Gradients.record()) {
            NDArray loss = null;
            for (int i = 0; i < x.size(); i++) {
                NDArray one = Losses.penalty(x.get(i), anchor.get(i), fisher == null ? null : fisher.get(i));
                loss = loss == null ? one : loss.add(one);
            }
            loss = loss.mul((float) LAMBDA);
            recording.backward(loss);
            assertThat(closedForm.getFloat()).isCloseTo(loss.getFloat(), within(1e-5f * loss.getFloat()));
            for (int i = 0; i < x.size(); i++) {
                float[] expected = before.get(i).add(x.get(i).getGradient()).toFloatArray();
                assertThat(difference(gradients.get(i).toFloatArray(), expected)).isLessThan(1e-6);
            }
        }
    }

    @Test
    void adaptive() {
        List<NDArray> fisher = tensors("gradient").stream().map(Losses::fisher).toList();
        assertSame(NativeOps.fisherPenalty(gradients, x, anchor, LAMBDA), fisher);
    }

    @Test
    void given() {
        List<NDArray> fisher = Stream.of(tensors("f")).flatMap(List::stream).map(NDArray::abs).toList();
        assertSame(NativeOps.fisherPenalty(gradients, x, anchor, fisher, LAMBDA), fisher);
    }

    @Test
    void plain() {
        assertSame(NativeOps.plainPenalty(gradients, x, anchor, LAMBDA), null);
    }

    @Test
    void aTensorWithoutGradientHasNoAdaptivePenalty() {
        NDArray zero = manager.zeros(new Shape(3));
        NDArray value = NativeOps.fisherPenalty(List.of(zero), List.of(manager.ones(new Shape(3))),
                List.of(manager.zeros(new Shape(3))), LAMBDA);
        assertThat(value.getFloat()).isZero();
        assertThat(zero.toFloatArray()).containsOnly(0);
    }

    /** Equal gradients, however small, make F = 1: d = 0.5 in each of 4 places costs lambda 4 / 4. */
    @Test
    void tinyGradientsMakeNeitherInfinityNorNaN() {
        NDArray g = manager.full(new Shape(4), 1e-20f);
        NDArray value = NativeOps.fisherPenalty(List.of(g), List.of(manager.full(new Shape(4), 0.5f)),
                List.of(manager.zeros(new Shape(4))), LAMBDA);
        assertThat(value.getFloat()).isCloseTo((float) LAMBDA, within(1e-5f));
        assertThat(g.toFloatArray()).usingComparatorWithPrecision(1e-5f).containsOnly((float) LAMBDA);
    }
}
