package gift.tensor;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every operator with gradient against the same formula in elementary operations of DJL: its value, and the gradient of
 * sum(value * fixed random numbers) with respect to each input.
 */
class NativeOpsTest {
    /** Single precision, sums of at most some hundred terms: a few dozen roundings of 6e-8. */
    private static final double TOLERANCE = 5e-6;

    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    @FunctionalInterface
    private interface Operator {
        NDArray of(NDArray... inputs);
    }

    /** The value first, then one gradient for each input. */
    private List<float[]> evaluate(Operator operator, NDArray... inputs) {
        List<float[]> results = new ArrayList<>();
        List<NDArray> leaves = new ArrayList<>();
        try (Gradients recording = Gradients.record()) {
            for (NDArray input : inputs) {
                NDArray leaf = manager.create(input.toFloatArray(), input.getShape());
                leaf.setRequiresGradient(true);
                leaves.add(leaf);
            }
            NDArray value = operator.of(leaves.toArray(NDArray[]::new));
            recording.backward(value.mul(normal(manager, "weights", value.getShape().getShape())).sum());
            results.add(value.toFloatArray());
            leaves.forEach(leaf -> results.add(leaf.getGradient().toFloatArray()));
        }
        return results;
    }

    private void assertSame(Operator operator, Operator reference, NDArray... inputs) {
        List<float[]> computed = evaluate(operator, inputs);
        List<float[]> expected = evaluate(reference, inputs);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(difference(computed.get(i), expected.get(i)))
                    .as(i == 0 ? "value" : "gradient of input " + i).isLessThan(TOLERANCE);
        }
    }

    // ---- dropout

    /** A quarter is 0, the rest x / 0.75; the gradient is dropped and divided alike. */
    @Test
    void dropoutIsDecidedByItsSeed() {
        NDArray ones = manager.ones(new Shape(100, 40));
        float[] some = NativeOps.dropout(ones, 0.25, 5).toFloatArray();
        assertThat(some).containsOnly(0, 1 / 0.75f);
        int zeros = 0;
        for (float value : some) {
            zeros += value == 0 ? 1 : 0;
        }
        assertThat(zeros).isBetween(890, 1110); // four deviations
        assertThat(NativeOps.dropout(ones, 0.25, 5).toFloatArray()).isEqualTo(some);
        assertThat(NativeOps.dropout(ones, 0.25, 6).toFloatArray()).isNotEqualTo(some);
        NDArray mask = manager.create(some, ones.getShape());
        assertSame(x -> NativeOps.dropout(x[0], 0.25, 5), x -> x[0].mul(mask), normal(manager, "x", 100, 40));
    }

    // ---- attention

    /** softmax(q k^T / sqrt(d) + mask) v. */
    private NDArray plainAttention(NDArray q, NDArray k, NDArray v, boolean causal) {
        long d = q.getShape().get(3);
        NDArray scores = q.matMul(k.transpose(0, 1, 3, 2)).div((float) Math.sqrt(d));
        if (causal) {
            scores = scores.add(mask((int) q.getShape().get(2)));
        }
        return scores.softmax(3).matMul(v);
    }

    /** Minus infinity, nearly, where the column is behind the row. */
    private NDArray mask(int t) {
        float[] mask = new float[t * t];
        for (int row = 0; row < t; row++) {
            for (int column = row + 1; column < t; column++) {
                mask[row * t + column] = -1e9f;
            }
        }
        return manager.create(mask, new Shape(t, t));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void attention(boolean causal) {
        assertSame(x -> NativeOps.attention(x[0], x[1], x[2], causal),
                x -> plainAttention(x[0], x[1], x[2], causal),
                normal(manager, "q", 2, 3, 5, 4), normal(manager, "k", 2, 3, 5, 4), normal(manager, "v", 2, 3, 5, 4));
    }

    @ParameterizedTest
    @CsvSource({"1, false", "3, false", "3, true"})
    void selfAttention(int heads, boolean causal) {
        int w = 12;
        assertSame(x -> NativeOps.selfAttention(x[0], heads, causal),
                x -> {
                    NDArray[] qkv = new NDArray[3];
                    for (int i = 0; i < 3; i++) {
                        qkv[i] = x[0].get(":, :, " + i * w + ":" + (i + 1) * w)
                                .reshape(2, 5, heads, w / heads).transpose(0, 2, 1, 3);
                    }
                    return plainAttention(qkv[0], qkv[1], qkv[2], causal).transpose(0, 2, 1, 3).reshape(2, 5, w);
                },
                normal(manager, "qkv", 2, 5, 3 * w));
    }

    // ---- normalization

    @Test
    void groupNorm() {
        assertSame(x -> NativeOps.groupNorm(x[0], 3, x[1], x[2], 1e-5),
                x -> {
                    NDArray g = x[0].reshape(2, 3, -1);                               // (B, groups, values of a group)
                    NDArray centred = g.sub(g.mean(new int[] {2}, true));
                    NDArray variance = centred.mul(centred).mean(new int[] {2}, true); // of the population
                    NDArray normal = centred.div(variance.add(1e-5f).sqrt()).reshape(2, 6, 4, 3);
                    return normal.mul(x[1].reshape(1, 6, 1, 1)).add(x[2].reshape(1, 6, 1, 1));
                },
                normal(manager, "x", 2, 6, 4, 3), normal(manager, "weight", 6), normal(manager, "bias", 6));
    }

    @Test
    void batchNormUsesTheStoredStatisticsAndLeavesThem() {
        NDArray mean = normal(manager, "mean", 6);
        NDArray variance = normal(manager, "variance", 6).abs().add(0.5f);
        float[] before = variance.toFloatArray();
        assertSame(x -> NativeOps.batchNorm(x[0], x[1], x[2], mean, variance),
                x -> x[0].sub(mean.reshape(1, 6, 1, 1)).div(variance.reshape(1, 6, 1, 1).add(1e-5f).sqrt())
                        .mul(x[1].reshape(1, 6, 1, 1)).add(x[2].reshape(1, 6, 1, 1)),
                normal(manager, "x", 2, 6, 4, 3), normal(manager, "weight", 6), normal(manager, "bias", 6));
        assertThat(variance.toFloatArray()).isEqualTo(before);
    }

    @Test
    void normalizeDividesByTheLengthOfEachRow() {
        assertSame(x -> NativeOps.normalize(x[0]),
                x -> x[0].div(x[0].mul(x[0]).sum(new int[] {1}, true).sqrt()),
                normal(manager, "x", 4, 7));
        assertThat(NativeOps.normalize(manager.create(new float[] {3, 4}, new Shape(1, 2))).toFloatArray())
                .containsExactly(0.6f, 0.8f);
    }

    // ---- activations, loss, rows

    @Test
    void silu() {
        assertSame(x -> NativeOps.silu(x[0]), x -> x[0].div(x[0].neg().exp().add(1f)), normal(manager, "x", 50));
    }

    /** Without a gradient fewer arrays are made, of the same bits. */
    @Test
    void activationsWithoutGradientHaveTheSameBits() {
        NDArray x = normal(manager, "x", 3, 7, 34).mul(3);
        NDArray leaf = manager.create(x.toFloatArray(), x.getShape());
        leaf.setRequiresGradient(true);
        try (Gradients recording = Gradients.record()) {
            assertThat(NativeOps.quickGelu(x).toFloatArray()).containsExactly(NativeOps.quickGelu(leaf).toFloatArray());
            assertThat(NativeOps.geglu(x).toFloatArray()).containsExactly(NativeOps.geglu(leaf).toFloatArray());
            assertThat(x.toFloatArray()).containsExactly(leaf.toFloatArray());
        }
    }

    @Test
    void quickGelu() {
        assertSame(x -> NativeOps.quickGelu(x[0]),
                x -> x[0].div(x[0].mul(-1.702f).exp().add(1f)), normal(manager, "x", 50));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2})
    void crossEntropy(double smoothing) {
        long[] labels = {2, 0, 4, 4};
        float[] targets = new float[4 * 5];
        java.util.Arrays.fill(targets, (float) (smoothing / 5));
        for (int i = 0; i < 4; i++) {
            targets[i * 5 + (int) labels[i]] += (float) (1 - smoothing);
        }
        assertSame(x -> NativeOps.crossEntropy(x[0], manager.create(labels), smoothing),
                x -> x[0].logSoftmax(1).mul(manager.create(targets, new Shape(4, 5))).sum().div(-4f),
                normal(manager, "logits", 4, 5));
    }

    @Test
    void scale() {
        assertSame(x -> NativeOps.scale(x[0], -1.7), x -> x[0].mul(manager.create(-1.7f)), normal(manager, "x", 4, 5));
    }

    @Test
    void rowsAreAProductWithOnesAndZeros() {
        long[] numbers = {2, 0, 2, 4, 2, 1};
        float[] chosen = new float[6 * 5];
        for (int i = 0; i < 6; i++) {
            chosen[i * 5 + (int) numbers[i]] = 1;
        }
        assertSame(x -> NativeOps.rows(x[0], manager.create(numbers, new Shape(2, 3))),
                x -> manager.create(chosen, new Shape(6, 5)).matMul(x[0]).reshape(2, 3, 4),
                normal(manager, "table", 5, 4));
    }

    // ---- casts

    /** Roundings to nearest, ties to even, worked out from the formats (10 and 7 bits of fraction). */
    @Test
    void castsRound() {
        float[] x = {1 / 3f, 2049, 257, -1.5f};
        NDArray array = manager.create(x);
        assertThat(NativeOps.toFloat16(array).getDataType()).isEqualTo(DataType.FLOAT16);
        assertThat(NativeOps.toFloat32(NativeOps.toFloat16(array)).toFloatArray())
                .containsExactly(1365 / 4096f, 2048, 257, -1.5f);
        assertThat(NativeOps.toFloat32(NativeOps.toBfloat16(array)).toFloatArray())
                .containsExactly(171 / 512f, 2048, 256, -1.5f);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsPassThroughCasts(boolean brain) {
        float[] weights = {1, -2, 0.5f, 0.125f}; // exact in both formats, as gradients are cast as well
        NDArray x = normal(manager, "x", 4);
        x.setRequiresGradient(true);
        try (Gradients recording = Gradients.record()) {
            NDArray half = brain ? NativeOps.toBfloat16(x) : NativeOps.toFloat16(x);
            recording.backward(NativeOps.toFloat32(half).mul(manager.create(weights)).sum());
            assertThat(x.getGradient().toFloatArray()).isEqualTo(weights);
        }
    }

    // ---- layers in the precision of their weights

    /** Inputs that both formats hold exactly, so that the reference in fp32 differs by the result's rounding alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void layersComputeInTheWeightsPrecision(boolean bias) {
        NDArray x = manager.create(new float[] {1, -2, 0.5f, 3, 0, 4}, new Shape(2, 3));
        NDArray weight = manager.create(new float[] {0.25f, 1, -1, 2, 0.5f, 8}, new Shape(2, 3));
        NDArray b = manager.create(new float[] {1, -0.5f});
        // x W^T: 0.25 - 2 - 0.5 = -2.25, 2 - 1 + 4 = 5; 0.75 - 4 = -3.25, 6 + 32 = 38
        float[] expected = bias ? new float[] {-1.25f, 4.5f, -2.25f, 37.5f} : new float[] {-2.25f, 5, -3.25f, 38};
        NDArray image = x.reshape(2, 3, 1, 1);
        NDArray kernel = weight.reshape(2, 3, 1, 1);
        for (Precision precision : Precision.values()) {
            NDArray w = precision.round(weight);
            NDArray k = precision.round(kernel);
            assertThat(precision.widen(NativeOps.linear(x, w, bias ? b : null)).toFloatArray()).containsExactly(expected);
            assertThat(precision.widen(NativeOps.conv2d(image, k, bias ? b : null, 1, 0)).toFloatArray())
                    .containsExactly(expected);
        }
        assertThat(NativeOps.linear(x, Precision.FP16.round(weight), bias ? b : null).getDataType())
                .isEqualTo(DataType.FLOAT16);
    }

    @Test
    void layerNorm() {
        assertSame(x -> NativeOps.layerNorm(x[0], x[1], x[2]),
                x -> {
                    NDArray centred = x[0].sub(x[0].mean(new int[] {1}, true));
                    NDArray variance = centred.mul(centred).mean(new int[] {1}, true);
                    return centred.div(variance.add(1e-5f).sqrt()).mul(x[1]).add(x[2]);
                },
                normal(manager, "x", 4, 7), normal(manager, "weight", 7), normal(manager, "bias", 7));
    }

    /** Their inputs may be of lower precision, their results are in that of weight and bias. */
    @Test
    void normalizationsAreInSinglePrecision() {
        NDArray x = NativeOps.toBfloat16(normal(manager, "x", 2, 6, 4, 3));
        NDArray wide = NativeOps.toFloat32(x);
        NDArray weight = normal(manager, "weight", 6);
        NDArray bias = normal(manager, "bias", 6);
        NDArray variance = weight.abs().add(0.5f);
        assertThat(NativeOps.groupNorm(x, 3, weight, bias, 1e-5).toFloatArray())
                .isEqualTo(NativeOps.groupNorm(wide, 3, weight, bias, 1e-5).toFloatArray());
        assertThat(NativeOps.batchNorm(x, weight, bias, bias, variance).toFloatArray())
                .isEqualTo(NativeOps.batchNorm(wide, weight, bias, bias, variance).toFloatArray());
    }

    // ---- lists

    private List<NDArray> list(String name) {
        return List.of(normal(manager, name + 0, 3, 4), normal(manager, name + 1, 5), normal(manager, name + 2));
    }

    private static float[] values(List<NDArray> list) {
        return NDArrays.concat(new NDList(list.stream().map(NDArray::flatten).toList())).toFloatArray();
    }

    @Test
    void listsAreChangedInPlace() {
        List<NDArray> x = list("x");
        List<NDArray> y = list("y");
        float[] x0 = values(x);
        float[] y0 = values(y);
        float[] expected = new float[x0.length];

        NativeOps.addScaled(x, y, -0.75);
        for (int i = 0; i < x0.length; i++) {
            expected[i] = x0[i] - 0.75f * y0[i];
        }
        assertThat(difference(values(x), expected)).isLessThan(1e-6);

        NativeOps.lerp(x, y, 0.3);
        for (int i = 0; i < x0.length; i++) {
            expected[i] = 0.7f * expected[i] + 0.3f * y0[i];
        }
        assertThat(difference(values(x), expected)).isLessThan(1e-6);

        NativeOps.copy(x, y);
        assertThat(values(x)).isEqualTo(y0);
        NativeOps.zero(x);
        assertThat(values(x)).containsOnly(0);
        assertThat(values(y)).isEqualTo(y0);
    }

    @Test
    void squaredDistance() {
        float[] x = values(list("x"));
        float[] y = values(list("y"));
        double expected = 0;
        for (int i = 0; i < x.length; i++) {
            expected += Math.pow((double) x[i] - y[i], 2);
        }
        assertThat((double) NativeOps.squaredDistance(list("x"), list("y")).getFloat())
                .isCloseTo(expected, within(1e-6 * expected));
    }

    @Test
    void listArgumentsKeepNoName() {
        List<NDArray> x = list("x");
        NativeOps.zero(x);
        assertThat(x).allSatisfy(array -> assertThat(array.getName()).isNull());
    }
}
