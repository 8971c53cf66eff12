package gift.tensor;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;

/** Changes the trained tensors of a model by their gradients. */
public interface Optimizer extends AutoCloseable {
    /** One update with the given gradients, in the order of {@link Parameters#trained()}. */
    void step(List<NDArray> gradients, double rate);

    /** What the next update depends on besides the tensors, by name: live arrays, not copies. */
    Map<String, NDArray> state();

    /** Goes on from a state taken after {@code count} updates: the arrays are copied. */
    void restore(Map<String, NDArray> state, long count);

    @Override
    void close();
}
