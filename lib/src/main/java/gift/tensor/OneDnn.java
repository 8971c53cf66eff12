package gift.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The operators of {@code onednn.py}: ways of oneDNN to compute a frozen model on a CPU, which libtorch does not take by itself.
 * None of them knows a gradient.
 */
public final class OneDnn {
    private static final long ATTENTION_KEYS = 1024; // from how many on on libtorch's own attention is slower
    private static final long ROUNDED_KEYS = 64;     // the same in bf16

    private OneDnn() {}

    /** Loaded when it is first asked for: most processes never need it. */
    private static final class Module {
        static final PtSymbolBlock BLOCK = load(); // null in a libtorch without oneDNN

        private static PtSymbolBlock load() {
            try {
                return TorchScriptModule.load("onednn.py");
            } catch (EngineException e) {
                return null;
            }
        }
    }

    static boolean isThere() {
        return Module.BLOCK != null;
    }

    private static NDArray call(String method, NDArray... arguments) {
        return NativeOps.call(Module.BLOCK, method, arguments);
    }

    /**
     * A frozen convolution whose weight is packed once for all later calls with images of one size; null if it does not pay or
     * if {@link Kernel#PREPACKED} is off. One of 3 x 3 and stride 1 goes by Winograd's way if {@link Kernel#WINOGRAD} is on.
     *
     * @param model whose layer it is: {@link Parameters#forInference} has been called, else the result is null
     * @param weight (out, in, k, k), in which precision the layer computes; closed if the result is not null
     * @param bias (out), or null
     * @param x the first images (B, in, H, W)
     */
    public static Prepacked convolution(Parameters model, NDArray weight, NDArray bias, int stride, int padding, NDArray x) {
        long width = Math.min(weight.getShape().get(0), weight.getShape().get(1));
        if (!serves(model, Kernel.PREPACKED, x, width)) {
            return null;
        }
        boolean winograd = model.precision() == Precision.FP32 && weight.getShape().get(2) == 3 && stride == 1 && padding == 1
                && Kernel.WINOGRAD.on(x, width);
        return new Prepacked(model, weight, bias, stride, padding, winograd, x);
    }

    /** The same of a linear layer, where {@link Kernel#ONEDNN_LINEAR} is on; weight (out, in), x (..., in). */
    public static Prepacked linear(Parameters model, NDArray weight, NDArray bias, NDArray x) {
        long width = Math.min(weight.getShape().get(0), weight.getShape().get(1));
        return serves(model, Kernel.PREPACKED, x, width) && Kernel.ONEDNN_LINEAR.on(x, width)
                ? new Prepacked(model, weight, bias, 1, 0, false, x) : null;
    }

    /**
     * {@link NativeOps#attention(NDArray, NDArray, NDArray, int, boolean)}, not causal, as convolutions of 1 x 1 in fp32; null if
     * that does not pay or {@link Kernel#ONEDNN_ATTENTION} is off.
     */
    public static NDArray attention(Parameters model, NDArray q, NDArray k, NDArray v, int heads) {
        long least = model.precision() == Precision.FP32 ? ATTENTION_KEYS : ROUNDED_KEYS;
        return k.getShape().get(1) >= least && serves(model, Kernel.ONEDNN_ATTENTION, q, q.getShape().get(2))
                ? call("attention", q, k, v, NativeOps.scalar(heads)) : null;
    }

    private static boolean serves(Parameters model, Kernel kernel, NDArray x, long width) {
        return model.isForInference() && Kernel.oneDnnHas(model.precision()) && kernel.on(x, width) && isThere();
    }

    /**
     * A layer with its weight in a layout of oneDNN's own. Which one is best depends on the size of the input; with another
     * layout the weight would be rearranged in every call. Where the size changes, it is therefore packed anew; a small weight
     * is kept for several sizes.
     */
    public static final class Prepacked {
        private static final long SMALL = 1 << 19; // values of a weight: 2 MiB
        private static final int SIZES = 8;        // for which a small one is kept

        private final Parameters model;
        private final boolean winograd;
        private final NDArray stride;
        private final NDArray padding;
        private final NDArray bias;
        private final int sizes;
        private final Map<Shape, NDArray> packed = new LinkedHashMap<>(); // weights by the shape of the images, at least one

        private Prepacked(Parameters model, NDArray plain, NDArray bias, int stride, int padding, boolean winograd, NDArray x) {
            this.model = model;
            this.winograd = winograd;
            this.stride = NativeOps.scalar(stride);
            this.padding = NativeOps.scalar(padding);
            Shape shape = plain.getShape();
            this.bias = own(() -> {
                NDArray added = bias != null ? bias : model.manager().zeros(new Shape(shape.get(0)));
                return winograd ? call("winograd_bias", added) : call("bias", added, plain);
            });
            this.sizes = plain.size() <= SMALL ? SIZES : 1;
            pack(() -> winograd ? call("winograd_weight", plain)
                    : shape.dimension() == 4 ? plain : plain.reshape(shape.get(0), shape.get(1), 1, 1), x);
            plain.close();
        }

        private void pack(Supplier<NDArray> from, NDArray x) {
            packed.put(x.getShape(), own(() ->
                    winograd ? call("winograd_pack", from.get(), x) : call("pack", from.get(), x, stride, padding)));
        }

        private NDArray own(Supplier<NDArray> maker) {
            NDArray array = Scopes.keep(Scopes.withoutGradients(maker));
            array.attach(model.manager());
            return array;
        }

        /** x (B, in, H, W) to (B, out, H', W'), channels last in memory. */
        public NDArray convolve(NDArray x) {
            return winograd ? call("winograd_conv", x, weight(x), bias) : call("conv", x, weight(x), bias, stride, padding);
        }

        /** x (..., in) to (..., out), of a linear layer. */
        public NDArray multiply(NDArray x) {
            return call("linear", x, weight(x), bias);
        }

        /** The weight for images of the size of x. */
        private NDArray weight(NDArray x) {
            NDArray known = packed.get(x.getShape());
            if (known != null) {
                return known;
            }
            NDArray eldest = packed.values().iterator().next();
            pack(() -> eldest, x);
            if (packed.size() > sizes) {
                packed.values().removeIf(one -> one == eldest);
                eldest.close();
            }
            return packed.get(x.getShape());
        }
    }
}
