package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.continual.Method.Averaging;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import java.util.Map;

/** How the weights are averaged during and after one task (see {@link Averaging}). */
final class WeightAverage implements WeightPolicy {
    private final Method method;
    private final Parameters parameters;
    private final Parameters start;
    private final Parameters mean; // of the start and the snapshots; null unless an ensemble is kept

    /** @param start the weights of the task's start, which stay the caller's */
    WeightAverage(Method method, Parameters parameters, Parameters start) {
        this.method = method;
        this.parameters = parameters;
        this.start = start;
        this.mean = method.averaging() == Averaging.ENSEMBLE ? start.copy() : null;
    }

    @Override
    public void afterStep(int update) {
        if (update % method.averageEvery() != 0) {
            return;
        }
        if (method.averaging() == Averaging.ENSEMBLE) {
            int before = 1 + update / method.averageEvery(); // how many the mean is made of so far
            mean.lerp(parameters, 1.0 / (before + 1));
        } else if (method.averaging() == Averaging.MOVING) {
            parameters.lerp(start, 1 - method.averageDecay());
        }
    }

    @Override
    public void atEnd() {
        if (method.averaging() == Averaging.ENSEMBLE) {
            parameters.set(mean);
        } else if (method.averaging() == Averaging.MERGE) {
            parameters.lerp(start, 1 - method.averageDecay());
        }
    }

    @Override
    public Map<String, NDArray> state() {
        return mean == null ? Map.of() : mean.all();
    }

    @Override
    public void restore(Map<String, NDArray> state) {
        if (mean != null) {
            mean.all().forEach((name, array) -> NativeOps.copy(array, state.get(name)));
        }
    }

    @Override
    public void close() {
        if (mean != null) {
            mean.close();
        }
    }
}
