package gift.tensor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The numbers in which a training multiplies matrices. The weights that are trained, layer normalizations, features,
 * losses, the logit scale and the optimizer stay fp32 ({@link MixedPrecision}).
 */
public enum Compute {
    /** Single precision, as published. */
    FP32(Precision.FP32),
    /**
     * Single precision whose products round their factors to 11 bits of significand, on GPUs that have it (NVIDIA, from
     * Ampere on). A CPU has none, and computes in fp32.
     */
    TF32(Precision.FP32),
    /** bfloat16: 8 bits of significand, the range of fp32. */
    BF16(Precision.BF16),
    /** Half precision: 11 bits of significand, values up to 65,504; the loss is scaled ({@link LossScale}). */
    FP16(Precision.FP16);

    private final Precision precision;

    Compute(Precision precision) {
        this.precision = precision;
    }

    /** To which the factors of a product are rounded by the layers themselves. */
    public Precision precision() {
        return precision;
    }

    /** "fp32", "tf32", "bf16" or "fp16". */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a settings file leaves out, for Jackson: equal to fp32, which is what settings mean that name none. */
    public static final class Unsaid {
        @Override
        public boolean equals(Object other) {
            return other == null || other == FP32;
        }

        @Override
        public int hashCode() {
            return FP32.hashCode();
        }
    }
}
