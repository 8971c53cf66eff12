package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import gift.tensor.machine.EngineMode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Operators of libtorch that DJL does not offer, with their gradients.
 *
 * <p>They are written in TorchScript ({@link TorchScriptModule}). Arguments keep their devices: nothing here creates an
 * array on a default device except the 0-dim scalars, which live on the CPU as libtorch expects and are kept for reuse.
 */
public final class NativeOps {
    private static final Map<Object, NDArray> SCALARS = new ConcurrentHashMap<>();
    private static final ThreadLocal<Boolean> UNOPTIMIZED = ThreadLocal.withInitial(() -> false);

    private NativeOps() {}

    // ---- operators with gradient

    /** Scaled dot-product attention, softmax(q k^T / sqrt(d)) v. q, k, v: (B, H, T, d); result (B, H, T, d). */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, boolean causal) {
        return call(causal ? "causal_attention" : "attention", q, k, v);
    }

    /**
     * Self-attention over the packed projections.
     *
     * @param qkv (B, T, 3 W): queries, keys and values side by side
     * @param heads number of heads; W is a multiple of it
     * @param causal whether a position sees only itself and those before it
     * @return (B, T, W)
     */
    public static NDArray selfAttention(NDArray qkv, int heads, boolean causal) {
        return call(Kernel.UNBIND.of("self_attention", qkv), qkv, scalar(heads), scalar(causal ? 1 : 0));
    }

    /**
     * Attention of several heads, whose queries, keys and values lie side by side.
     *
     * @param q (B, T, W)
     * @param k (B, S, W)
     * @param v (B, S, W)
     * @param heads number of heads; W is a multiple of it
     * @param causal whether a position sees only itself and those before it (then S = T)
     * @return (B, T, W)
     */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, int heads, boolean causal) {
        return call("heads_attention", q, k, v, scalar(heads), scalar(causal ? 1 : 0));
    }

    /**
     * Self-attention over projections packed by head.
     *
     * @param qkv (B, T, 3 W): for each head its queries, keys and values
     * @param heads number of heads; W is a multiple of it
     * @return (B, T, W)
     */
    public static NDArray attentionByHead(NDArray qkv, int heads) {
        return call("attention_by_head", qkv, scalar(heads));
    }

    /** {@link #attentionByHead(NDArray, int)} where a position also sees kv (B, S, 2 W): for each head keys and values. */
    public static NDArray attentionByHead(NDArray qkv, NDArray kv, int heads) {
        return call("attention_by_head_with", qkv, kv, scalar(heads));
    }

    /**
     * Group normalization of x (B, C, ...) over {@code groups} groups of channels, in the precision of weight and bias
     * (C).
     */
    public static NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double eps) {
        return call("group_norm", x, scalar(groups), weight, bias, scalar(eps));
    }

    /** Batch normalization of x (B, C, H, W) with stored mean and variance (C), eps 1e-5, in their precision. */
    public static NDArray batchNorm(NDArray x, NDArray weight, NDArray bias, NDArray mean, NDArray variance) {
        return call("batch_norm", x, weight, bias, mean, variance);
    }

    /** x W^T + b in the precision of the weight (out, in), to which x (..., in) and the bias (out), or null, are rounded. */
    public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return bias == null ? call("linear", x, weight) : call("linear_bias", x, weight, bias);
    }

    /** x W^T + b of fp32, with x (M, in) or (B, T, in), as a convolution of 1 x 1; {@link Kernel#ONEDNN_LINEAR}. */
    public static NDArray linearAsConvolution(NDArray x, NDArray weight, NDArray bias) {
        return bias == null ? call("linear_as_conv", x, weight) : call("linear_as_conv_bias", x, weight, bias);
    }

    /**
     * Convolution in the precision of the weight (out, in, k, k), to which x (B, in, H, W) and the bias (out), or null,
     * are rounded; stride and padding are those of both directions. Computed as {@link EngineCheck} found it right.
     */
    public static NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
        String method = EngineCheck.mode() == EngineMode.AS_IT_IS ? "conv" : "conv_as_product";
        return bias == null ? call(method, x, weight, scalar(stride), scalar(padding))
                : call(method + "_bias", x, weight, bias, scalar(stride), scalar(padding));
    }

    /** Layer normalization over the last axis, eps 1e-5, in the precision of weight and bias (D). */
    public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias) {
        return call("layer_norm", x, weight, bias);
    }

    /** The rows of weight (V, D) with the given numbers (...), int64; result (..., D). */
    public static NDArray rows(NDArray weight, NDArray indices) {
        return call("rows", weight, indices);
    }

    /** x (N, D) divided by the length of each row. */
    public static NDArray normalize(NDArray x) {
        return call("normalize", x);
    }

    /** x (..., D) divided by the length of each row, or by {@code floor} where that is greater. */
    public static NDArray normalize(NDArray x, double floor) {
        return call("normalize_floor", x, scalar(floor));
    }

    /**
     * Statistics of the tokens x (B, 1 + P, D): token 0; of the other P, channel by channel, the mean, sqrt(variance + eps)
     * and sign(m3) (|m3| + eps)^(1/3) of the third central moment m3, both moments divided by P; result (B, 4 D).
     */
    public static NDArray tokenMoments(NDArray x, double eps) {
        return call("token_moments", x, scalar(eps));
    }

    /**
     * x times a number. DJL's own x.mul(number) must not meet a gradient: it makes an array in Java's memory that the
     * recorded graph reads in backward, when the garbage collector may have freed it.
     */
    public static NDArray scale(NDArray x, double factor) {
        return call("scale", x, scalar(factor));
    }

    /**
     * Dropout (Srivastava et al. 2014): each value of x is 0 with probability {@code rate}, else divided by 1 - rate. The
     * seed alone decides which, on one kind of device.
     */
    public static NDArray dropout(NDArray x, double rate, long seed) {
        try (NDArray s = newScalar(seed)) {
            return call("dropout", x, scalar(rate), s);
        }
    }

    /** x sigmoid(x). */
    public static NDArray silu(NDArray x) {
        return call("silu", x);
    }

    /** x sigmoid(1.702 x): the GELU of OpenAI's CLIP. */
    public static NDArray quickGelu(NDArray x) {
        return call(Kernel.SILU.of("quick_gelu", x, x.getShape().get(x.getShape().dimension() - 1)), x);
    }

    /** The first half of x (..., 2 D) times the exact GELU of the second; result (..., D). */
    public static NDArray geglu(NDArray x) {
        return call("geglu", x);
    }

    /** x (B, C, H, W) enlarged to (B, C, height, width), each value from the nearest. */
    public static NDArray upsampleNearest(NDArray x, long height, long width) {
        return call("upsample_nearest", x, scalar(height), scalar(width));
    }

    /** x (B, C, H, W) enlarged to (B, C, height, width), bilinear between the centres of pixels. */
    public static NDArray upsampleBilinear(NDArray x, long height, long width) {
        return call("upsample_bilinear", x, scalar(height), scalar(width));
    }

    /** x (B, C, H, W) at half the size, each value the mean of four. */
    public static NDArray halve(NDArray x) {
        return call("halve", x);
    }

    /** x (B, C, H, W) with a column of zeros on the right and a row below: (B, C, H + 1, W + 1). */
    public static NDArray padRightBottom(NDArray x) {
        return call("pad_right_bottom", x);
    }

    /**
     * Cross-entropy with label smoothing, mean over rows.
     *
     * @param logits (N, C)
     * @param labels (N), int64
     * @param smoothing share of the target mass spread evenly over all classes
     * @return 0-dim
     */
    public static NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
        return call("cross_entropy", logits, labels, scalar(smoothing));
    }

    /** A cast to half precision that carries the gradient, as DJL's own does not. */
    public static NDArray toFloat16(NDArray x) {
        return call("to_float16", x);
    }

    /** A cast to bfloat16 that carries the gradient. DJL cannot read such an array's values: cast back first. */
    public static NDArray toBfloat16(NDArray x) {
        return call("to_bfloat16", x);
    }

    /** A cast to single precision that carries the gradient. */
    public static NDArray toFloat32(NDArray x) {
        return call("to_float32", x);
    }

    /** Whether a gradient can go back from x to a trained tensor. DJL's hasGradient() says so of trained tensors alone. */
    static boolean isRecorded(NDArray x) {
        try (NDArray recorded = call("recorded", x)) {
            return recorded.size() > 0;
        }
    }

    // ---- whole lists of tensors at once, in place, without gradient

    /** x <- x + factor y, tensor by tensor. */
    public static void addScaled(List<NDArray> x, List<NDArray> y, double factor) {
        try (NDArray f = newScalar(factor)) {
            callOnLists("add_scaled", List.of(x, y), f).close();
        }
    }

    /** x <- (1 - weight) x + weight y, tensor by tensor. */
    public static void lerp(List<NDArray> x, List<NDArray> y, double weight) {
        try (NDArray w = newScalar(weight)) {
            callOnLists("lerp", List.of(x, y), w).close();
        }
    }

    /** x <- y, tensor by tensor. */
    public static void copy(List<NDArray> x, List<NDArray> y) {
        callOnLists("copy", List.of(x, y)).close();
    }

    /** to <- from. DJL's own copyTo goes through a deprecated path of libtorch that warns on the error stream. */
    public static void copy(NDArray to, NDArray from) {
        copy(List.of(to), List.of(from));
    }

    /** x <- 0, tensor by tensor. */
    public static void zero(List<NDArray> x) {
        callOnLists("zero", List.of(x)).close();
    }

    /** x <- x min(1, most / (n + 1e-6)), where n is the Euclidean norm of all tensors together; returns n, 0-dim. */
    static NDArray clipNorm(List<NDArray> x, double most) {
        try (NDArray m = newScalar(most)) {
            return callOnLists("clip_norm", List.of(x), m);
        }
    }

    /** The sum over all tensors and elements of (x - y)^2; 0-dim. */
    public static NDArray squaredDistance(List<NDArray> x, List<NDArray> y) {
        return callOnLists("squared_distance", List.of(x, y));
    }

    /**
     * The penalty lambda sum F (x - a)^2 with F = g^2 / mean(g^2) of each tensor's own gradient g, in closed form: its
     * gradient 2 lambda F (x - a) is added to g. Returns the penalty's value, 0-dim.
     */
    public static NDArray fisherPenalty(List<NDArray> g, List<NDArray> x, List<NDArray> a, double lambda) {
        return callOnLists(Kernel.FOREACH_FISHER.of("fisher_penalty", g.get(0)), List.of(g, x, a), scalar(lambda));
    }

    /** {@link #fisherPenalty} with a given F. */
    public static NDArray fisherPenalty(
            List<NDArray> g, List<NDArray> x, List<NDArray> a, List<NDArray> fisher, double lambda) {
        return callOnLists("given_fisher_penalty", List.of(g, x, a, fisher), scalar(lambda));
    }

    /** {@link #fisherPenalty} with F = 1. */
    public static NDArray plainPenalty(List<NDArray> g, List<NDArray> x, List<NDArray> a, double lambda) {
        return callOnLists(Kernel.FOREACH_FISHER.of("plain_penalty", g.get(0)), List.of(g, x, a), scalar(lambda));
    }

    // ---- calling

    static NDArray call(String method, NDArray... arguments) {
        return call(TorchScriptModule.BLOCK, method, arguments);
    }

    /** Calls a method of another archive than that of {@code ops.py}. */
    static NDArray call(PtSymbolBlock block, String method, NDArray... arguments) {
        NDList list = new NDList(arguments);
        list.add(methodName(method));
        return run(block, list);
    }

    /** Calls a method whose first parameters are lists of tensors; DJL takes a list as arrays of one name "x[]". */
    static NDArray callOnLists(String method, List<List<NDArray>> lists, NDArray... scalars) {
        NDList all = new NDList();
        for (int i = 0; i < lists.size(); i++) {
            for (NDArray array : lists.get(i)) {
                array.setName("list" + i + "[]");
                all.add(array);
            }
        }
        all.addAll(new NDList(scalars));
        all.add(methodName(method));
        try {
            return run(TorchScriptModule.BLOCK, all);
        } finally {
            lists.forEach(list -> list.forEach(array -> array.setName(null)));
        }
    }

    /** Without TorchScript's optimizer: it changes last bits after a method's first calls, so that a resumed run would differ. */
    private static NDArray run(PtSymbolBlock block, NDList arguments) {
        if (!UNOPTIMIZED.get()) {
            JniUtils.setGraphExecutorOptimize(false);
            UNOPTIMIZED.set(true);
        }
        return IValueUtils.forward(block, arguments, true).singletonOrThrow();
    }

    /** DJL reads the method to call from the name of an array that it does not pass on. */
    private static NDArray methodName(String method) {
        return SCALARS.computeIfAbsent(method, m -> {
            NDArray array = newScalar(0L);
            array.setName("module_method:" + m);
            return array;
        });
    }

    static NDArray scalar(double value) {
        return SCALARS.computeIfAbsent(value, v -> newScalar(value));
    }

    static NDArray scalar(long value) {
        return SCALARS.computeIfAbsent(value, v -> newScalar(value));
    }

    static NDArray newScalar(double value) {
        return Scopes.outside(() -> TorchScriptModule.MANAGER.create(value));
    }

    private static NDArray newScalar(long value) {
        return Scopes.outside(() -> TorchScriptModule.MANAGER.create(value));
    }
}
