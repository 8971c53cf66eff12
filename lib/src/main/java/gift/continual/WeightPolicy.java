package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.tensor.Parameters;
import java.util.List;
import java.util.Map;

/**
 * What a method does to the weights themselves, beside the losses: a penalty, a change of the gradients, an average. One
 * object serves one task; each of its methods may be left out.
 *
 * <p>An update calls {@link #penalty} after the backward of the losses on reference pairs, {@link #beforeStep} after the
 * backward of the task's losses, and {@link #afterStep} after the optimizer's step. Gradients are lists in the order of
 * {@link Parameters#trained()}.
 */
public interface WeightPolicy extends AutoCloseable {
    /** Makes the policy of one task. */
    @FunctionalInterface
    interface Maker {
        /**
         * @param student the weights that are trained; changes are made in place, without gradients recorded
         * @param start the weights of the task's start, which stay the caller's
         */
        WeightPolicy of(Parameters student, Parameters start);
    }

    /**
     * A weighted penalty of the weights; null for none.
     *
     * @param gradients those of the losses on reference pairs, without the loss scale of fp16. A penalty whose gradient is
     *     known in closed form adds it to them in place and returns a value without graph
     * @param update from 0
     * @return 0-dim
     */
    default NDArray penalty(List<NDArray> gradients, int update) {
        return null;
    }

    /** Sees the gradients of the whole loss, which it may change in place. */
    default void beforeStep(List<NDArray> gradients, int update) {}

    /** May change the weights after an update. */
    default void afterStep(int update) {}

    /**
     * Whether {@link #afterStep} may do so after this update. Then the losses of the update are read first, for which a GPU is
     * waited for: they must be known to be finite.
     */
    default boolean changesAfter(int update) {
        return true;
    }

    /** May change the weights after the last update of the task. */
    default void atEnd() {}

    /** What the next update depends on, by name, for a checkpoint: live arrays, not copies. */
    default Map<String, NDArray> state() {
        return Map.of();
    }

    /** Goes on from a state: the arrays are copied. */
    default void restore(Map<String, NDArray> state) {}

    @Override
    default void close() {}
}
