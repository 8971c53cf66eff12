package gift.train;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * Something that is trained: a model with its optimizer, its data and its losses. {@link TrainingLoop} makes the updates;
 * a trainer knows what one update is and what the next one depends on.
 */
public interface Trainer {
    /**
     * Makes update i, counted from 0.
     *
     * @return the losses by name, weighted, and under "loss" what is optimized; the same names in the same order at every
     *     update, since they are the columns of the log
     * @throws ArithmeticException if a loss is not finite, by {@link TrainingLoop#finite} before the weights change
     */
    Map<String, Double> update(int i);

    /**
     * Makes update i, or leaves it to the device to make it while the host goes on: then its losses are read after the next
     * update has begun. A trainer that does so sees to it on the device that nothing changes the weights any more once a loss is
     * not finite; {@link LateLosses} does it for a trainer.
     */
    default UpdateLosses begin(int i) {
        return UpdateLosses.of(update(i));
    }

    /** Everything that the next update depends on and that is not an input, by name: live arrays, not copies. */
    Map<String, NDArray> state();

    /** Goes on from a state taken before update {@code next}: the arrays are copied. */
    void restore(Map<String, NDArray> state, int next);
}
