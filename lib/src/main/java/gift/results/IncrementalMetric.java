package gift.results;

import gift.eval.IncrementalMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The numbers by which class-incremental runs are compared; definitions at {@link IncrementalMetrics}. */
public enum IncrementalMetric {
    AVG(IncrementalMetrics::avg),
    LAST(IncrementalMetrics::last),
    FORGETTING(IncrementalMetrics::forgetting),
    BACKWARD_TRANSFER(IncrementalMetrics::backwardTransfer),
    FORWARD_TRANSFER(IncrementalMetrics::forwardTransfer);

    private final ToDoubleFunction<IncrementalMetrics> value;

    IncrementalMetric(ToDoubleFunction<IncrementalMetrics> value) {
        this.value = value;
    }

    /** Its value, percent or points; NaN where it is not defined. */
    public double of(IncrementalMetrics metrics) {
        return value.applyAsDouble(metrics);
    }

    /** The name in columns and files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of all. */
    public static List<String> ids() {
        return Arrays.stream(values()).map(IncrementalMetric::id).toList();
    }
}
