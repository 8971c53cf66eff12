package gift.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.machine.EngineReport.Wrong;
import gift.tensor.plain.PlainMath;
import gift.tensor.plain.PlainMath.Convolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the engine's operators on the CPU with {@link PlainMath}, forward and backward, on sizes that are awkward for
 * vector code: channels and widths that are no multiple of 8 or 16.
 *
 * <p>An operator that reads memory which it did not write is right as long as that memory is zero. Before each case,
 * therefore, blocks of the engine's memory are filled with NaN and freed.
 */
final class EngineTrial {
    private static final Map<Precision, Double> TOLERANCES = Map.of(Precision.FP32, 1e-4, Precision.FP16, 1e-2, Precision.BF16, 5e-2);
    private static final int[] CHANNELS = {2, 3, 12, 24, 17, 64};
    private static final int CONVOLUTIONS = 96; // of fp32; of each lower precision a quarter
    private static final int NARROW = 64; // width of the narrowest layer that is computed as a convolution
    private static final int WIDE = 320;  // of the narrowest one that goes Winograd's way
    private static final int[] DIRTY = {1 << 10, 1 << 12, 1 << 14, 1 << 15, 1 << 16}; // values of 4 bytes

    private final NDManager manager;
    private final String altered;
    private final RandomStream random = RandomStream.of(1, "engine trial");
    private final Map<String, Wrong> worst = new LinkedHashMap<>();
    private int cases;

    private EngineTrial(NDManager manager, String altered) {
        this.manager = manager;
        this.altered = altered;
    }

    /** How many values were compared as one array each, and the worst case of each operation that is wrong. */
    record Result(int cases, List<Wrong> wrong) {}

    /** @param altered name of an operation of which one value is changed before it is compared, or null: for tests */
    static Result run(String altered) {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            EngineTrial trial = new EngineTrial(manager, altered);
            trial.convolutions();
            trial.products();
            trial.attentions();
            trial.norms();
            trial.layers();
            return new Result(trial.cases, new ArrayList<>(trial.worst.values()));
        }
    }

    private void convolutions() {
        for (Precision precision : Precision.values()) {
            for (int i = 0; i < (precision == Precision.FP32 ? CONVOLUTIONS : CONVOLUTIONS / 4); i++) {
                convolution(precision, new Convolution(1 + i % 2, any(CHANNELS), any(CHANNELS), i % 4 == 3 ? 1 : 3,
                        1 + random.nextInt(2), 5 + random.nextInt(8), 5 + random.nextInt(8)));
            }
        }
    }

    private void convolution(Precision precision, Convolution c) {
        float[] x = random.normals(c.sizeOfX(), 1);
        float[] weight = random.normals(c.sizeOfWeight(), 1);
        float[] g = random.normals(c.sizeOfY(), 1);
        dirty();
        try (Gradients recording = Gradients.record()) {
            NDArray xs = leaf(x, c.batch(), c.in(), c.height(), c.width());
            NDArray weights = leaf(weight, c.out(), c.in(), c.kernel(), c.kernel());
            NDArray y = NativeOps.conv2d(xs, precision.round(weights), null, c.stride(), c.padding());
            compare("convolution", precision, c.toString(), y, PlainMath.convolution(c, x, weight));
            if (precision == Precision.FP32) {
                recording.backward(y, leaf(g, c.batch(), c.out(), c.outHeight(), c.outWidth()));
                compare("convolution, gradient of the input", precision, c.toString(), xs.getGradient(),
                        PlainMath.convolutionInputGradient(c, weight, g));
                compare("convolution, gradient of the weight", precision, c.toString(), weights.getGradient(),
                        PlainMath.convolutionWeightGradient(c, x, g));
            }
        }
    }

    private void products() {
        for (Precision precision : Precision.values()) {
            for (int[] size : new int[][] {{3, 5, 7}, {13, 24, 12}, {33, 67, 17}, {1, 130, 65}, {64, 48, 96}, {128, 100, 31}}) {
                product("matrix product", NativeOps::linear, precision, size[0], size[1], size[2]);
            }
        }
    }

    /** y = x weight^T; x (n, in), weight (out, in). */
    private void product(String operation, Product product, Precision precision, int n, int in, int out) {
        float[] x = random.normals(n * in, 1);
        float[] weight = random.normals(out * in, 1);
        float[] g = random.normals(n * out, 1);
        double[] wide = PlainMath.wide(x);
        double[] wideWeight = PlainMath.wide(weight);
        double[] wideG = PlainMath.wide(g);
        String sizes = n + " x " + in + " by " + in + " x " + out;
        dirty();
        try (Gradients recording = Gradients.record()) {
            NDArray xs = leaf(x, n, in);
            NDArray weights = leaf(weight, out, in);
            NDArray y = product.of(xs, precision.round(weights), null);
            compare(operation, precision, sizes, y, PlainMath.product(wide, false, wideWeight, true, n, in, out));
            if (precision == Precision.FP32) {
                recording.backward(y, leaf(g, n, out));
                compare(operation + ", gradients", precision, sizes, xs.getGradient(),
                        PlainMath.product(wideG, false, wideWeight, false, n, out, in));
                compare(operation + ", gradients", precision, sizes, weights.getGradient(),
                        PlainMath.product(wideG, true, wide, false, out, n, in));
            }
        }
    }

    /** Layers by {@link OneDnn} and linear ones as convolutions, where they are computed so. */
    private void layers() {
        if (Kernel.PREPACKED.on(false) && OneDnn.isThere()) {
            prepacked(new Convolution(2, 4, NARROW, 3, 1, 8, 7), Precision.FP32);
            prepacked(new Convolution(3, NARROW, 17, 3, 2, 7, 6), Precision.FP32);
            prepacked(new Convolution(2, WIDE, WIDE + 16, 3, 1, 5, 6), Precision.FP32);
            prepacked(new Convolution(1, WIDE, WIDE + 16, 3, 2, 7, 6), Precision.FP32);
            if (Kernel.oneDnnHas(Precision.BF16)) {
                prepacked(new Convolution(1, WIDE, WIDE + 16, 3, 1, 7, 6), Precision.BF16);
            }
        }
        if (Kernel.ONEDNN_LINEAR.on(false, NARROW)) {
            for (int rows : new int[] {67, 80}) {
                product("linear layer", NativeOps::linearAsConvolution, Precision.FP32, rows, NARROW, NARROW + 16);
                product("linear layer", NativeOps::linearAsConvolution, Precision.FP32, rows, WIDE, WIDE + 16);
            }
        }
    }

    private void prepacked(Convolution c, Precision precision) {
        float[] x = random.normals(c.sizeOfX(), 1);
        float[] weight = random.normals(c.sizeOfWeight(), 1);
        dirty();
        Map<String, Shape> shapes = Map.of("weight", new Shape(c.out(), c.in(), c.kernel(), c.kernel()));
        try (Parameters model = Parameters.create(manager, shapes, (name, shape) -> weight, precision)) {
            model.forInference();
            NDArray xs = manager.create(x, new Shape(c.batch(), c.in(), c.height(), c.width()));
            NDArray y = OneDnn.convolution(model, model.get("weight"), null, c.stride(), c.padding(), xs).convolve(xs);
            compare("prepacked convolution", precision, c.toString(), y, PlainMath.convolution(c, x, weight));
        }
    }

    /** y of x, a weight and no bias. */
    private interface Product {
        NDArray of(NDArray x, NDArray weight, NDArray bias);
    }

    private void attentions() {
        for (Precision precision : Precision.values()) {
            for (int[] size : new int[][] {{7, 7, 5}, {50, 50, 24}, {19, 77, 40}, {65, 65, 64}}) {
                attention(precision, size[0], size[1], size[2]);
            }
        }
    }

    /** One head of dimension d, t queries, s keys and values. */
    private void attention(Precision precision, int t, int s, int d) {
        float[] q = random.normals(t * d, 1);
        float[] k = random.normals(s * d, 1);
        float[] v = random.normals(s * d, 1);
        float[] g = random.normals(t * d, 1);
        String sizes = t + " queries, " + s + " keys, dimension " + d;
        dirty();
        try (Gradients recording = Gradients.record()) {
            NDArray qs = leaf(q, 1, 1, t, d);
            NDArray ks = leaf(k, 1, 1, s, d);
            NDArray vs = leaf(v, 1, 1, s, d);
            NDArray y = NativeOps.attention(precision.round(qs), precision.round(ks), precision.round(vs), false);
            PlainMath.Attention plain = PlainMath.Attention.of(PlainMath.wide(q), PlainMath.wide(k), PlainMath.wide(v), t, s, d);
            compare("attention", precision, sizes, y, plain.result());
            if (precision == Precision.FP32) {
                recording.backward(y, leaf(g, 1, 1, t, d));
                double[][] gradients = plain.gradients(PlainMath.wide(g));
                compare("attention, gradients", precision, sizes, qs.getGradient(), gradients[0]);
                compare("attention, gradients", precision, sizes, ks.getGradient(), gradients[1]);
                compare("attention, gradients", precision, sizes, vs.getGradient(), gradients[2]);
            }
        }
    }

    private void norms() {
        for (int[] size : new int[][] {{3, 5}, {7, 24}, {5, 77}, {4, 768}}) {
            norm("layer norm", size[0], size[1], 1e-5, (x, weight, bias) -> NativeOps.layerNorm(x, weight, bias));
        }
        for (int[] size : new int[][] {{2, 3, 35}, {4, 6, 63}, {32, 1, 64}}) {
            int groups = size[0];
            int channels = groups * size[1];
            norm("group norm", groups, size[1] * size[2], 1e-6, (x, weight, bias) -> {
                NDArray image = x.reshape(1, channels, size[2]);
                NDArray ones = manager.ones(new Shape(channels));
                return NativeOps.groupNorm(image, groups, ones, manager.zeros(new Shape(channels)), 1e-6).reshape(x.getShape());
            });
        }
    }

    /** A normalization of x (rows, n), with weight 1 and bias 0. */
    private interface Norm {
        NDArray of(NDArray x, NDArray weight, NDArray bias);
    }

    private void norm(String operation, int rows, int n, double epsilon, Norm norm) {
        float[] x = random.normals(rows * n, 2);
        float[] g = random.normals(rows * n, 1);
        dirty();
        try (Gradients recording = Gradients.record()) {
            NDArray xs = leaf(x, rows, n);
            NDArray y = norm.of(xs, manager.ones(new Shape(n)), manager.zeros(new Shape(n)));
            String sizes = rows + " groups of " + n;
            compare(operation, Precision.FP32, sizes, y, PlainMath.standardized(x, rows, epsilon));
            recording.backward(y, leaf(g, rows, n));
            compare(operation + ", gradient", Precision.FP32, sizes, xs.getGradient(),
                    PlainMath.standardizedGradient(x, g, rows, epsilon));
        }
    }

    private NDArray leaf(float[] values, long... shape) {
        NDArray array = manager.create(values, new Shape(shape));
        array.setRequiresGradient(true);
        return array;
    }

    private void dirty() {
        for (int size : DIRTY) {
            for (int i = 0; i < 4; i++) {
                manager.full(new Shape(size), Float.NaN).close();
            }
        }
    }

    private int any(int[] values) {
        return values[random.nextInt(values.length)];
    }

    private void compare(String operation, Precision precision, String sizes, NDArray found, double[] expected) {
        cases++;
        float[] values = precision.widen(found).toFloatArray();
        if (operation.equals(altered)) {
            values[values.length / 2] += 1e3f;
        }
        double error = PlainMath.relativeError(values, expected);
        String name = operation + ", " + precision;
        if (!(error <= TOLERANCES.get(precision)) && (!worst.containsKey(name) || error > worst.get(name).error())) {
            worst.put(name, new Wrong(name, sizes, error));
        }
    }
}
