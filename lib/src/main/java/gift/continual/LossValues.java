package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import gift.train.TrainingLoop;
import gift.train.UpdateLosses;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The losses of one update, collected on the device and brought to the host in one transfer. */
final class LossValues implements UpdateLosses, AutoCloseable {
    private final int update;
    private final List<String> names = new ArrayList<>();
    private final Set<String> zeroed = new HashSet<>();
    private final NDList values = new NDList();  // 1-dim, out of all scopes
    private final NDList checked = new NDList(); // those of them that must be finite
    private Map<String, Double> known;

    LossValues(int update) {
        this.update = update;
    }

    /**
     * More losses, 0-dim, by name.
     *
     * @param finite whether they must be; else a value that is not counts as 0
     */
    void add(Map<String, NDArray> losses, boolean finite) {
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

    /** Those that must be finite, (n); for the caller or the scope around to close. */
    NDArray checked() {
        return Scopes.withoutGradients(() -> NDArrays.concat(checked));
    }

    /** The weighted losses by name, and their sum as "loss". */
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
            TrainingLoop.finite(losses, update);
            losses.put("loss", losses.values().stream().mapToDouble(x -> x).reduce(0, Double::sum));
            known = losses;
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
