package gift.nn;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.Kernel;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fewer kernels, switched on and off: the same results. */
class KernelTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    /** The result of a function of x and the gradient of its weighted sum. */
    private List<float[]> both(NDArray x, UnaryOperator<NDArray> function) {
        try (Gradients recording = Gradients.record()) {
            NDArray leaf = Scopes.notRecording(x::duplicate);
            leaf.setRequiresGradient(true);
            NDArray y = function.apply(leaf);
            recording.backward(y.mul(normal(manager, "weights", y.getShape().getShape())).sum());
            return List.of(y.toFloatArray(), leaf.getGradient().toFloatArray());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unbindGivesTheSameBits(boolean causal) {
        NDArray qkv = normal(manager, "qkv", 2, 7, 24);
        Supplier<List<float[]>> attention = () -> both(qkv, x -> NativeOps.selfAttention(x, 2, causal));
        List<float[]> off = Kernel.UNBIND.with(false, attention);
        List<float[]> on = Kernel.UNBIND.with(true, attention);
        assertThat(on.get(0)).isEqualTo(off.get(0));
        assertThat(on.get(1)).isEqualTo(off.get(1));
    }

    @ParameterizedTest
    @CsvSource({"SILU, 1e-6", "FUSED_BIAS, 1e-6"})
    void functions(Kernel kernel, double most) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Linear.shapes(shapes, "fc", 24, 16, true);
        Parameters parameters = Parameters.create(manager, shapes,
                (name, shape) -> normal(manager, name, shape.getShape()).toFloatArray());
        Linear layer = Linear.of(parameters, "fc");
        NDArray x = normal(manager, "x", 3, 5, 24);
        Supplier<List<float[]>> run = () -> both(x, v -> Activation.QUICK_GELU.of(layer.forward(v)));
        List<float[]> off = kernel.with(false, run);
        List<float[]> on = kernel.with(true, run);
        assertThat(difference(on.get(0), off.get(0))).isLessThan(most);
        assertThat(difference(on.get(1), off.get(1))).isLessThan(most);
    }

    /** Of M rows, M a multiple of 16, of 4, of 2, odd; with and without a bias. */
    @ParameterizedTest
    @CsvSource({"2, 40, true", "4, 17, true", "2, 35, true", "1, 67, true", "4, 16, false"})
    void linearLayersAsConvolutions(int b, int t, boolean bias) {
        NDArray weight = normal(manager, "weight", 336, 320);
        NDArray added = bias ? normal(manager, "bias", 336) : null;
        NDArray x = normal(manager, "x", b, t, 320);
        weight.setRequiresGradient(true);
        List<List<float[]>> both = new ArrayList<>();
        for (boolean on : new boolean[] {false, true}) {
            JniUtils.zeroGrad((PtNDArray) weight);
            List<float[]> results = new ArrayList<>(both(x, v -> on ? NativeOps.linearAsConvolution(v, weight, added)
                    : NativeOps.linear(v, weight, added)));
            results.add(weight.getGradient().toFloatArray());
            both.add(results);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(difference(both.get(1).get(i), both.get(0).get(i))).isLessThan(5e-6);
        }
    }

    private float[] penalty(boolean fisher) {
        List<NDArray> g = new ArrayList<>(List.of(normal(manager, "g", 4, 5), normal(manager, "h", 7), manager.zeros(new Shape(3))));
        List<NDArray> x = List.of(normal(manager, "x", 4, 5), normal(manager, "y", 7), normal(manager, "z", 3));
        List<NDArray> a = List.of(normal(manager, "a", 4, 5), normal(manager, "b", 7), normal(manager, "c", 3));
        return Scopes.notRecording(() -> {
            NDArray value = fisher ? NativeOps.fisherPenalty(g, x, a, 0.3) : NativeOps.plainPenalty(g, x, a, 0.3);
            return g.get(0).flatten().concat(g.get(1)).concat(g.get(2)).concat(value.reshape(1)).toFloatArray();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void penaltiesOverAllTensorsAtOnce(boolean fisher) {
        float[] off = Kernel.FOREACH_FISHER.with(false, () -> penalty(fisher));
        float[] on = Kernel.FOREACH_FISHER.with(true, () -> penalty(fisher));
        assertThat(difference(on, off)).isLessThan(1e-6);
    }

    @Test
    void whatIsTakenWithoutASwitch() {
        Set<Kernel> oneDnn = Set.of(Kernel.ONEDNN_LINEAR, Kernel.PREPACKED, Kernel.WINOGRAD, Kernel.ONEDNN_ATTENTION);
        Set<Kernel> everywhere = Set.of(Kernel.UNBIND, Kernel.NEEDED_TOKENS, Kernel.DECODING);
        for (Kernel kernel : Kernel.values()) {
            assertThat(kernel.on(true)).isEqualTo(!oneDnn.contains(kernel));
            assertThat(kernel.on(false, 32)).isEqualTo(everywhere.contains(kernel)
                    || kernel == Kernel.PREPACKED && kernel.on(false, 512));
        }
        assertThat(Kernel.WINOGRAD.on(false, 256)).isFalse();
        assertThat(Kernel.FUSED_BIAS.on(false, 512)).isTrue();
        assertThat(Kernel.FOREACH_FISHER.on(false, 512)).isFalse();
        assertThat(Kernel.FUSED_BIAS.<Boolean>with(false, () -> Kernel.FUSED_BIAS.on(false, 512))).isFalse();
        assertThat(Kernel.FUSED_BIAS.on(false, 512)).isTrue();
    }

    /** A tensor of more than 2^20 values goes in pieces, the last of them shorter. */
    @Test
    void aPenaltyInPieces() {
        int n = (1 << 20) + 1000;
        NDArray x = normal(manager, "x", n);
        NDArray a = normal(manager, "a", n);
        Supplier<float[]> work = () -> Scopes.notRecording(() -> {
            NDArray g = normal(manager, "g", n);
            NDArray value = NativeOps.fisherPenalty(List.of(g), List.of(x), List.of(a), 0.3);
            return g.concat(value.reshape(1).div(n)).toFloatArray();
        });
        assertThat(difference(Kernel.FOREACH_FISHER.with(false, work), Kernel.FOREACH_FISHER.with(true, work))).isLessThan(1e-5);
    }
}
