package gift.parity;

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

    static double relative(double computed, double reference) {
        return Math.abs(computed - reference) / Math.abs(reference);
    }
}
