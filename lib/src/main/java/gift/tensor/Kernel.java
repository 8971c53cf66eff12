package gift.tensor;

import ai.djl.ndarray.NDArray;
import gift.tensor.machine.EngineMode;
import gift.tensor.machine.Processor;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Ways to the same result with fewer kernels or fewer operations. Each can be switched by the system property
 * {@code gift.kernel.NAME}, "on" or "off", as {@code -Dgift.kernel.fused_bias=on} ({@code GIFT_JAVA_OPTS} of
 * {@code environment/gift}). Unless it is set, a way is taken on GPUs and, in layers wide enough to gain by it, on CPUs; those of
 * oneDNN are taken on CPUs alone.
 */
public enum Kernel {
    /** Queries, keys and values of self-attention by torch.unbind in place of three selects: the same bits. */
    UNBIND(Kernel.EVERYWHERE, "unbind"),
    /** Linear layers of fp32 by torch.linear, which adds the bias within the product: equal to 6e-8. */
    FUSED_BIAS(512, "bias"),
    /**
     * Linear layers of fp32 as convolutions of 1 x 1, which oneDNN computes with AVX-512: equal to 2e-6, and about twice as
     * fast where MKL, which else multiplies, keeps to AVX2, as it does on AMD's processors.
     */
    ONEDNN_LINEAR(64, kernel -> kernel.isSet() || Cpu.AVX2_PRODUCTS),
    /**
     * Weights of a frozen model's layers in oneDNN's own layout, made once in place of in every call: equal to 2e-6. Takes the
     * place of the plain weights. Only with AVX2.
     */
    PREPACKED(Kernel.EVERYWHERE, kernel -> Cpu.HERE.hasAvx2()),
    /**
     * 3 x 3 convolutions of such layers by Winograd's F(2 x 2, 3 x 3) (Lavin and Gray 2016), with 16 products in place of 36:
     * equal to 2e-6. The weights take 16/9 of the memory. Only with AVX-512: with AVX2 oneDNN has no fast way for groups.
     */
    WINOGRAD(320, kernel -> Cpu.HERE.hasAvx512()),
    /**
     * Attention over thousands of keys in a frozen model, not causal, as convolutions of 1 x 1: equal to 2e-6, and faster for
     * the same reason as {@link #ONEDNN_LINEAR}.
     */
    ONEDNN_ATTENTION(320, kernel -> Cpu.HERE.hasAvx2() && (kernel.isSet() || Cpu.AVX2_PRODUCTS)),
    /** The penalty and its Fisher information over all tensors at once (_foreach): equal to 1e-8. */
    FOREACH_FISHER(Kernel.ON_GPUS, "foreach"),
    /** OpenAI's GELU as silu(1.702 x) / 1.702: equal to 1e-7, and backward keeps one array in place of three. */
    SILU(4 * 512, "silu"),
    /**
     * CLIP's towers compute the tokens that a feature depends on, and no others: equal to 1e-6. In the last block those are
     * the class token of an image and the end token of a text, as queries. Of the texts of a batch each beginning is computed
     * once, since a token of a causal tower sees only those before it, and nothing is computed after an end token.
     */
    NEEDED_TOKENS(Kernel.EVERYWHERE, "needed"),
    /**
     * Parts of Stable Diffusion that are stored in lower precision are so with biases and normalizations too, as
     * diffusers has them: equal to the rounding of that precision.
     */
    PURE_HALF(Kernel.ON_GPUS, "half"),
    /**
     * Latents are decoded and images encoded a few at a time, on CPUs where the images are small: equal up to the order in
     * which sums are added up.
     */
    DECODING(Kernel.EVERYWHERE, "decoding"),
    /**
     * Losses are read when the next update has begun, and the device itself sees to it that one that is not finite changes
     * nothing: the same losses and weights. A CPU has nothing to wait for.
     */
    LATE_LOSSES(Kernel.ON_GPUS, "late");

    /** What the constants above ask of this machine; in a class of its own, which is there before them. */
    private static final class Cpu {
        static final Processor HERE = Processor.here();
        static final boolean AVX2_PRODUCTS = HERE.isAmdWithAvx512(); // for MKL keeps to AVX2 there
    }

    private static final long EVERYWHERE = 0;
    private static final long ON_GPUS = Long.MAX_VALUE;
    private static final String PREFIX = "gift.kernel.";

    private final String property = PREFIX + name().toLowerCase(Locale.ROOT);
    private final long width;               // of a layer from which on it is taken on a CPU
    private final String suffix;            // of a method of ops.py that goes this way
    private final Predicate<Kernel> oneDnn; // of a way of oneDNN: whether it is to be taken on this CPU; else null

    Kernel(long width, String suffix) {
        this.width = width;
        this.suffix = suffix;
        this.oneDnn = null;
    }

    /** A way of oneDNN: on CPUs only, and only if {@link EngineCheck} found nothing wrong with convolutions. */
    Kernel(long width, Predicate<Kernel> oneDnn) {
        this.width = width;
        this.suffix = null;
        this.oneDnn = oneDnn;
    }

    /** Whether this way is to be taken for arrays of the device of {@code like}, whatever the width. */
    public boolean on(NDArray like) {
        return on(like, 0);
    }

    /** Whether this way is to be taken in a layer of this width, for arrays of the device of {@code like}. */
    public boolean on(NDArray like, long layer) {
        return on(like.getDevice().isGpu(), layer);
    }

    /** The method of {@code ops.py} for arrays of the device of {@code like}: "NAME", or by this way "NAME_unbind" and so on. */
    String of(String method, NDArray like) {
        return of(method, like, 0);
    }

    /** {@link #of(String, NDArray)} in a layer of this width. */
    String of(String method, NDArray like, long layer) {
        return on(like, layer) ? method + "_" + suffix : method;
    }

    /** Whether this way is to be taken on a GPU, or on a CPU whatever the width. */
    public boolean on(boolean gpu) {
        return on(gpu, 0);
    }

    /** Whether this way is to be taken on a GPU, or on a CPU in a layer of this width. */
    public boolean on(boolean gpu, long layer) {
        String set = System.getProperty(property);
        boolean wanted = set == null ? gpu || layer >= width : set.equals("on");
        return wanted && (oneDnn == null || !gpu && EngineCheck.mode() == EngineMode.AS_IT_IS && oneDnn.test(this));
    }

    /** What {@code work} gives with this way switched on or off in the whole process, to compare the two. */
    public <T> T with(boolean on, Supplier<T> work) {
        String before = System.getProperty(property);
        System.setProperty(property, on ? "on" : "off");
        try {
            return work.get();
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    /** Whether oneDNN computes in a precision on a CPU as this. */
    static boolean oneDnnHas(Precision precision) {
        return precision == Precision.FP32 || precision == Precision.BF16 && Cpu.HERE.hasAvx512();
    }

    private boolean isSet() {
        return System.getProperty(property) != null;
    }
}
