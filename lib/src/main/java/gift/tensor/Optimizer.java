package gift.tensor;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;

/** Changes the trained tensors of a model by their gradients. */
public interface Optimizer extends AutoCloseable {
    /** One update with the given gradients, in the order of {@link Parameters#trained()}. */
    void step(List<NDArray> gradients, double rate);

    /**
     * From now on an update changes nothing where {@code found} is 1, if this optimizer can do so.
     *
     * @param found 0-dim, on the device of the parameters, which stays the caller's; null for every update as it is
     * @throws UnsupportedOperationException if it cannot, see {@link #canSkip}
     */
    default Optimizer skippingWhere(NDArray found) {
        if (found != null) {
            throw new UnsupportedOperationException("this optimizer leaves out no update on the device");
        }
        return this;
    }

    /** Whether it can leave out an update that the device finds useless. */
    default boolean canSkip() {
        return false;
    }

    /** What the next update depends on besides the tensors, by name: live arrays, not copies. */
    Map<String, NDArray> state();

    /** Goes on from a state taken after {@code count} updates: the arrays are copied. */
    void restore(Map<String, NDArray> state, long count);

    @Override
    void close();
}
