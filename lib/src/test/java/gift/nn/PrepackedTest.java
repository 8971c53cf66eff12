package gift.nn;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static gift.Numbers.openArrays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Devices;
import gift.tensor.HostCopy;
import gift.tensor.Kernel;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers of a model for inference, whose weights oneDNN packs: the results of the plain layers. */
class PrepackedTest {
    private static final double MOST = 5e-6;

    private final NDManager manager = Devices.newManager(Device.cpu());

    @BeforeEach
    void start() {
        Assumptions.assumeTrue(Kernel.PREPACKED.on(false, 320), "weights are not packed on this processor");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Parameters model(Consumer<Map<String, Shape>> shapes) {
        Map<String, Shape> all = new LinkedHashMap<>();
        shapes.accept(all);
        return Parameters.create(manager, all, (name, shape) -> normal(manager, name, shape.getShape()).toFloatArray());
    }

    private static float[] run(UnaryOperator<NDArray> layer, NDArray x) {
        try (NDArray y = Scopes.withoutGradients(() -> layer.apply(x))) {
            return HostCopy.floats(y);
        }
    }

    /** Plain and prepacked results for one x, another of another size, and the first again. */
    private void compare(Parameters model, Function<Parameters, UnaryOperator<NDArray>> layer, NDArray x, NDArray other) {
        boolean isSmall = model.get("layer.weight").size() <= 1 << 19;
        UnaryOperator<NDArray> plain = layer.apply(model);
        float[] expected = run(plain, x);
        float[] expectedOther = run(plain, other);
        model.forInference();
        UnaryOperator<NDArray> packed = layer.apply(model);
        float[] found = run(packed, x);
        int open = openArrays(manager);
        assertThat(difference(found, expected)).isLessThan(MOST);
        assertThat(difference(run(packed, other), expectedOther)).isLessThan(MOST);
        assertThat(run(packed, x)).isEqualTo(found);
        assertThat(openArrays(manager)).isEqualTo(isSmall ? open + 1 : open);
        assertThatThrownBy(() -> model.get("layer.weight").toFloatArray()).isInstanceOf(IllegalStateException.class);
    }

    /** Heights and widths that squares of Winograd's way do and do not fill; the last one goes in several parts. */
    @ParameterizedTest
    @CsvSource({"3, 1, 8, 6, true", "3, 1, 7, 5, true", "3, 1, 9, 1, true", "3, 1, 90, 50, true", "3, 2, 8, 7, true",
            "1, 1, 5, 6, true", "3, 1, 6, 7, false"})
    void convolutions(int kernel, int stride, int height, int width, boolean winograd) {
        Kernel.WINOGRAD.with(winograd, () -> {
            compare(model(shapes -> Conv2d.shapes(shapes, "layer", 320, 336, kernel)),
                    model -> Conv2d.of(model, "layer", stride, kernel / 2)::forward,
                    normal(manager, "x", 1, 320, height, width), normal(manager, "other", 2, 320, height + 3, 10));
            return null;
        });
    }

    /** As those of the mini profile. */
    @Test
    void narrowLayers() {
        compare(model(shapes -> Conv2d.shapes(shapes, "layer", 4, 64, 3)), model -> Conv2d.of(model, "layer", 1, 1)::forward,
                normal(manager, "x", 64, 4, 8, 8), normal(manager, "other", 32, 4, 8, 8));
    }

    @Test
    void aSmallWeightIsKeptForEightSizes() {
        Parameters model = model(shapes -> Conv2d.shapes(shapes, "layer", 16, 32, 3));
        model.forInference();
        UnaryOperator<NDArray> layer = Conv2d.of(model, "layer", 1, 1)::forward;
        List<NDArray> inputs = IntStream.rangeClosed(1, 12).mapToObj(i -> normal(manager, "x", i, 16, 6, 6)).toList();
        List<float[]> first = inputs.stream().map(x -> run(layer, x)).toList();
        int open = openArrays(manager);
        for (int i = 0; i < inputs.size(); i++) {
            assertThat(run(layer, inputs.get(i))).isEqualTo(first.get(i));
        }
        assertThat(openArrays(manager)).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void linearLayers(boolean bias) {
        Kernel.ONEDNN_LINEAR.with(true, () -> {
            compare(model(shapes -> Linear.shapes(shapes, "layer", 320, 336, bias)), model -> Linear.of(model, "layer")::forward,
                    normal(manager, "x", 2, 35, 320), normal(manager, "other", 1, 129, 320));
            return null;
        });
    }

    /** 1,100 keys and more queries, two heads, which one part of the scores does not hold. */
    @Test
    void attention() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Attention.shapes(shapes, "layer", Attention.Names.DIFFUSERS, 320, 320, true);
        Parameters model = Parameters.create(manager, shapes, (name, shape) -> Scopes.withoutGradients(
                () -> normal(manager, name, shape.getShape()).mul(0.05)).toFloatArray());
        Attention layer = Attention.of(model, "layer", Attention.Names.DIFFUSERS, 2, false);
        NDArray x = normal(manager, "x", 1, 2000, 320);
        NDArray context = normal(manager, "context", 1, 1100, 320);
        float[] expected = run(q -> layer.forward(q, context), x);
        model.forInference();
        float[] found = Kernel.ONEDNN_ATTENTION.with(true, () -> run(q -> layer.forward(q, context), x));
        assertThat(difference(found, expected)).isLessThan(MOST).isNotZero();
    }

    /** As close to fp32 as the plain layer of the same precision is. */
    @Test
    void bfloat16() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Conv2d.shapes(shapes, "conv", 320, 336, 3);
        Linear.shapes(shapes, "linear", 336, 320, true);
        Parameters model = Parameters.create(manager, shapes,
                (name, shape) -> normal(manager, name, shape.getShape()).toFloatArray(), Precision.BF16);
        UnaryOperator<NDArray> layers = x -> {
            NDArray rows = Conv2d.of(model, "conv", 1, 1).forward(x).reshape(1, 336, -1).transpose(0, 2, 1);
            return Precision.BF16.widen(Linear.of(model, "linear").forward(rows));
        };
        NDArray x = normal(manager, "x", 1, 320, 9, 8);
        float[] plain = run(layers, x);
        model.forInference();
        float[] packed = Kernel.ONEDNN_LINEAR.with(true, () -> run(layers, x));
        assertThat(difference(packed, plain)).isLessThan(1e-2);
    }

    @Test
    void offTheWeightStaysAsItIs() {
        Parameters model = model(shapes -> Conv2d.shapes(shapes, "layer", 320, 336, 3));
        model.forInference();
        NDArray x = normal(manager, "x", 1, 320, 4, 4);
        Kernel.PREPACKED.with(false, () -> run(Conv2d.of(model, "layer", 1, 1)::forward, x));
        assertThat(model.get("layer.weight").toFloatArray()).hasSize(320 * 336 * 9);
        assertThatThrownBy(() -> model.train(name -> true)).hasMessage("a model for inference is frozen");
    }
}
