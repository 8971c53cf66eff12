package gift.results;

import gift.eval.Metrics;
import gift.io.InputException;
import gift.io.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The three numbers by which methods are compared; definitions at {@link Metrics}. */
public enum Metric {
    TRANSFER(Metrics::transfer, Metrics::transferPerTask),
    AVG(Metrics::avg, Metrics::avgPerTask),
    LAST(Metrics::last, Metrics::lastPerTask);

    private final ToDoubleFunction<Metrics> mean;
    private final Function<Metrics, List<Double>> perTask;

    Metric(ToDoubleFunction<Metrics> mean, Function<Metrics, List<Double>> perTask) {
        this.mean = mean;
        this.perTask = perTask;
    }

    /** Its mean over the tasks, percent. */
    public double of(Metrics metrics) {
        return mean.applyAsDouble(metrics);
    }

    /** Its value for each task, percent; NaN for Transfer of the first. */
    public List<Double> perTask(Metrics metrics) {
        return perTask.apply(metrics);
    }

    /** The name in columns and files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name for reading: "Transfer". */
    public String display() {
        return name().charAt(0) + id().substring(1);
    }

    /** The names of all. */
    public static List<String> ids() {
        return Arrays.stream(values()).map(Metric::id).toList();
    }

    /**
     * The metric of a name in a file.
     *
     * @param where the file, for the message
     * @throws InputException with the nearest name, if there is none
     */
    public static Metric of(String id, String where) {
        return Arrays.stream(values()).filter(m -> m.id().equals(id)).findFirst()
                .orElseThrow(() -> new InputException(where + ": unknown metric '" + id + "'" + Json.nearest(id, ids())));
    }
}
