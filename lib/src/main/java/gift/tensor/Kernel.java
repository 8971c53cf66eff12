package gift.tensor;

import ai.djl.ndarray.NDArray;
import java.util.Locale;

/**
 * Ways to the same result with fewer kernels. Each can be switched by the system property {@code gift.kernel.NAME}, "on" or
 * "off", as {@code -Dgift.kernel.fused_bias=on}. Unless it is set, a way is taken on every device if its result is the same
 * to the last bit, else on GPUs only: what was computed on CPUs stays.
 */
public enum Kernel {
    /** Queries, keys and values of self-attention by torch.unbind in place of three selects: the same bits. */
    UNBIND(true, "unbind"),
    /** Linear layers of fp32 by torch.linear, which adds the bias within the product: equal to 6e-8. */
    FUSED_BIAS(false, "bias"),
    /** The penalty and its Fisher information over all tensors at once (_foreach): equal to 1e-8. */
    FOREACH_FISHER(false, "foreach"),
    /** OpenAI's GELU as silu(1.702 x) / 1.702: equal to 1e-7, and backward keeps one array in place of three. */
    SILU(false, "silu"),
    /**
     * Parts of Stable Diffusion that are stored in lower precision are so with biases and normalizations too, as
     * diffusers has them: equal to the rounding of that precision.
     */
    PURE_HALF(false, "half"),
    /** Latents are decoded and images encoded four at a time: equal up to the order in which a GPU adds. */
    DECODING(false, "decoding"),
    /**
     * Losses are read when the next update has begun, and the device itself sees to it that one that is not finite changes
     * nothing: the same losses and weights. A CPU has nothing to wait for.
     */
    LATE_LOSSES(false, "late");

    private static final String PREFIX = "gift.kernel.";
    private final boolean everywhere;
    private final String suffix;

    Kernel(boolean everywhere, String suffix) {
        this.everywhere = everywhere;
        this.suffix = suffix;
    }

    /** Whether this way is to be taken for arrays of the device of {@code like}. */
    public boolean on(NDArray like) {
        return on(like.getDevice().isGpu());
    }

    /** The method of {@code ops.py} for arrays of the device of {@code like}: "NAME", or by this way "NAME_unbind" and so on. */
    String of(String method, NDArray like) {
        return on(like) ? method + "_" + suffix : method;
    }

    /** Whether this way is to be taken on a GPU, or on a CPU. */
    public boolean on(boolean gpu) {
        String set = System.getProperty(PREFIX + name().toLowerCase(Locale.ROOT));
        return set == null ? everywhere || gpu : set.equals("on");
    }
}
