package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The numbers in which a frozen model multiplies matrices: mixed precision as in torch.autocast. Of a model that is trained:
 * {@link Compute}.
 *
 * <p>Below fp32, the weights of linear layers and convolutions are stored in that precision, and what goes into these
 * layers and into attention is rounded to it. Biases, normalizations, embeddings and the features that come out are fp32.
 * A model of lower precision cannot be trained.
 *
 * <p>DJL knows no bfloat16, and asking it for the type of such an array ends the process: between layers arrays of lower
 * precision are only added, reshaped, joined and passed to {@link NativeOps}; towers and parts of Stable Diffusion give
 * fp32.
 */
public enum Precision {
    /** Single precision, as published: 24 bits of significand. */
    FP32,
    /** Half precision: 11 bits of significand, values up to 65,504. */
    FP16,
    /** bfloat16: 8 bits of significand, the range of fp32. */
    BF16;

    /** Whether a tensor of this name is stored in the precision: matrices and kernels of layers. */
    boolean stores(String name, Shape shape) {
        return this != FP32 && shape.dimension() >= 2 && name.endsWith("weight") && !name.endsWith("embedding.weight");
    }

    /** Its number among libtorch's types. */
    long dtype() {
        return this == FP32 ? 6 : this == FP16 ? 5 : 15;
    }

    /** x (fp32) rounded, without gradient where none is recorded. */
    NDArray round(NDArray x) {
        return switch (this) {
            case FP32 -> x;
            case FP16 -> NativeOps.toFloat16(x);
            case BF16 -> NativeOps.toBfloat16(x);
        };
    }

    /** What a model of this precision has computed, in fp32. */
    public NDArray widen(NDArray x) {
        return this == FP32 ? x : NativeOps.toFloat32(x);
    }

    /** "fp32", "fp16" or "bf16". */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
