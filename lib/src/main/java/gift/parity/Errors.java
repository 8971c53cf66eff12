package gift.parity;

import gift.tensor.Parameters;
import java.util.function.Function;

/** Measures of difference between computed and reference values. */
final class Errors {
    private Errors() {}

    /** The largest absolute difference relative to the largest reference value; NaN if lengths differ. */
    static double relative(float[] computed, float[] reference) {
        if (computed.length != reference.length) {
            return Double.NaN;
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < reference.length; i++) {
            largest = Math.max(largest, Math.abs(reference[i]));
            double d = Math.abs((double) computed[i] - reference[i]);
            if (Double.isNaN(d)) {
                return Double.NaN;
            }
            difference = Math.max(difference, d);
        }
        return largest == 0 ? difference : difference / largest;
    }

    /**
     * |weights - reference| / |reference - start| over all tensors but the packed attention biases: the gradient of the key
     * bias is zero in exact arithmetic, and Adam makes full steps of its rounding.
     */
    static double distance(Parameters weights, Function<String, float[]> reference, Function<String, float[]> start) {
        double difference = 0;
        double update = 0;
        for (String tensor : weights.names()) {
            if (tensor.endsWith("attn.in_proj_bias")) {
                continue;
            }
            float[] ours = weights.get(tensor).toFloatArray();
            float[] theirs = reference.apply(tensor);
            float[] before = start.apply(tensor);
            for (int i = 0; i < ours.length; i++) {
                difference += square(ours[i] - theirs[i]);
                update += square(theirs[i] - before[i]);
            }
        }
        return Math.sqrt(difference / update);
    }

    private static double square(double x) {
        return x * x;
    }

    static double relative(double computed, double reference) {
        return Math.abs(computed - reference) / Math.abs(reference);
    }
}
