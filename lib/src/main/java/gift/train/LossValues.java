package gift.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The losses of one update, collected on the device and brought to the host in one transfer. */
public final class LossValues implements UpdateLosses, AutoCloseable {
    private final int update;
    private final boolean late;
    private final UnaryOperator<Map<String, Double>> logged;
    private final List<String> names = new ArrayList<>();
    private final Set<String> zeroed = new HashSet<>();
    private final NDList values = new NDList();  // 1-dim, out of all scopes
    private final NDList checked = new NDList(); // those of them that must be finite
    private Map<String, Double> known;

    /**
     * @param late whether they are read when the next update has begun
     * @param logged from the values by name to what the log has: computed of them on the host
     */
    LossValues(int update, boolean late, UnaryOperator<Map<String, Double>> logged) {
        this.update = update;
        this.late = late;
        this.logged = logged;
    }

    /** More losses, 0-dim, by name, which must be finite. */
    public void add(Map<String, NDArray> losses) {
        add(losses, true);
    }

    /** One loss more. */
    public void add(String name, NDArray loss) {
        add(Map.of(name, loss));
    }

    /**
     * More losses, 0-dim, by name.
     *
     * @param finite whether they must be; else a value that is not counts as 0
     */
    public void add(Map<String, NDArray> losses, boolean finite) {
        if (losses.isEmpty()) {
            return;
        }
        NDArray more = Scopes.keep(Scopes.withoutGradients(() -> NDArrays.stack(new NDList(losses.values()))));
        names.addAll(losses.keySet());
        values.add(more);
        if (finite) {
            checked.add(more);
        } else {
            zeroed.addAll(losses.keySet());
        }
    }

    boolean late() {
        return late;
    }

    /** Those that must be finite, (n); for the caller or the scope around to close. */
    NDArray checked() {
        return Scopes.withoutGradients(() -> NDArrays.concat(checked));
    }

    @Override
    public Map<String, Double> read() {
        if (known == null) {
            float[] numbers;
            try (NDArray all = Scopes.keep(Scopes.withoutGradients(() -> NDArrays.concat(values)))) {
                numbers = Transfers.read(all);
            }
            close();
            Map<String, Double> losses = new LinkedHashMap<>();
            for (int k = 0; k < numbers.length; k++) {
                double value = numbers[k];
                losses.put(names.get(k), zeroed.contains(names.get(k)) && !Double.isFinite(value) ? 0 : value);
            }
            known = TrainingLoop.finite(logged.apply(losses), update);
        }
        return known;
    }

    @Override
    public boolean known() {
        return known != null;
    }

    @Override
    public void close() {
        values.forEach(NDArray::close);
        values.clear();
    }
}
