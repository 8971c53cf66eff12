package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.continual.Method.Averaging;
import gift.continual.Method.Towards;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import java.util.Map;

/** How the weights are averaged during and after one task (see {@link Averaging} and {@link Towards}). */
final class WeightAverage implements WeightPolicy {
    private final Method method;
    private final Parameters parameters;
    private final Parameters start;
    private final Parameters towards;
    private final Parameters kept; // the mean of the start and the snapshots, or the weights before the last averaging; or null

    /** Of a method that does not average towards the pretrained weights. */
    WeightAverage(Method method, Parameters parameters, Parameters start) {
        this(method, parameters, start, null);
    }

    /**
     * @param start the weights of the task's start, which stay the caller's
     * @param initial the pretrained weights, which stay the caller's
     */
    WeightAverage(Method method, Parameters parameters, Parameters start, Parameters initial) {
        this.method = method;
        this.parameters = parameters;
        this.start = start;
        this.towards = method.averageTowards() == Towards.INITIAL ? initial : start;
        this.kept = isEnsemble() || method.averageTowards() == Towards.LAST ? start.copy() : null;
    }

    private boolean isEnsemble() {
        return method.averaging() == Averaging.ENSEMBLE || method.averaging() == Averaging.ENSEMBLE_MERGE;
    }

    /** The weights that the task would end with if it ended now, where that is a mean; else null. */
    Parameters mean() {
        return isEnsemble() ? kept : null;
    }

    @Override
    public boolean changesAfter(int update) {
        return (isEnsemble() || method.averaging() == Averaging.MOVING) && update % method.averageEvery() == 0;
    }

    @Override
    public void afterStep(int update) {
        if (!changesAfter(update)) {
            return;
        }
        switch (method.averaging()) {
            case ENSEMBLE, ENSEMBLE_MERGE -> {
                int before = 1 + update / method.averageEvery(); // how many the mean is made of so far
                kept.lerp(parameters, 1.0 / (before + 1));
                if (method.averaging() == Averaging.ENSEMBLE_MERGE) {
                    kept.lerp(start, 1 - method.averageDecay());
                }
            }
            case MOVING -> moveTowards();
            case NONE, MERGE -> { }
        }
    }

    private void moveTowards() {
        if (method.averageTowards() != Towards.LAST) {
            parameters.lerp(towards, 1 - method.averageDecay());
            return;
        }
        try (Parameters before = parameters.copy()) {
            parameters.lerp(kept, 1 - method.averageDecay());
            kept.set(before);
        }
    }

    @Override
    public void atEnd() {
        if (isEnsemble()) {
            parameters.set(kept);
        } else if (method.averaging() == Averaging.MERGE) {
            parameters.lerp(towards, 1 - method.averageDecay());
        }
    }

    @Override
    public Map<String, NDArray> state() {
        return kept == null ? Map.of() : kept.all();
    }

    @Override
    public void restore(Map<String, NDArray> state) {
        if (kept != null) {
            kept.all().forEach((name, array) -> NativeOps.copy(array, state.get(name)));
        }
    }

    @Override
    public void close() {
        if (kept != null) {
            kept.close();
        }
    }
}
