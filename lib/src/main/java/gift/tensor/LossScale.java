package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dynamic loss scaling, which keeps small gradients above the least number of half precision: {@code torch.amp.GradScaler}
 * with its defaults. The scale S begins at 2^16. An update whose gradients are not all finite is left out and halves S;
 * after 2,000 updates in a row that were made, S is doubled.
 *
 * <p>All of it stays on the device: nothing here waits but {@link #skipped} and {@link #overflows}.
 */
final class LossScale implements AutoCloseable {
    private static final float START = 65536;

    private final NDArray scale;   // S, 0-dim
    private final NDArray tracker; // updates in a row that were made, 0-dim
    private final NDArray found;   // 1 if a gradient of this update was not finite, 0-dim
    private final NDArray skipped; // updates that were left out, 0-dim

    LossScale(NDManager manager) {
        scale = number(manager, START);
        tracker = number(manager, 0);
        found = number(manager, 0);
        skipped = number(manager, 0);
    }

    private static NDArray number(NDManager manager, float value) {
        return Scopes.outside(() -> Scopes.withoutGradients(
                () -> manager.zeros(new Shape(), DataType.FLOAT32).addi(value)));
    }

    NDArray scaled(NDArray loss) {
        return loss.mul(scale);
    }

    /** g &lt;- g / S; notes whether one is not finite. */
    void unscale(List<NDArray> gradients) {
        MixedOps.unscale(gradients, found, scale);
    }

    void divide(List<NDArray> gradients) {
        MixedOps.divide(gradients, scale);
    }

    void multiply(List<NDArray> gradients) {
        MixedOps.multiply(gradients, scale);
    }

    boolean overflows(List<NDArray> gradients) {
        try (NDArray any = Scopes.outside(() -> Scopes.withoutGradients(() -> MixedOps.notFinite(gradients)))) {
            return Transfers.read(any)[0] > 0;
        }
    }

    NDArray found() {
        return found;
    }

    void update() {
        MixedOps.updateScale(scale, tracker, found, skipped);
    }

    int skipped() {
        return Math.round(Transfers.read(skipped)[0]);
    }

    Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        state.put("scale", scale);
        state.put("tracker", tracker);
        state.put("skipped", skipped);
        return state;
    }

    void restore(Map<String, NDArray> state) {
        state().forEach((name, array) -> {
            if (!state.containsKey(name)) {
                throw new InputException("the state of the training has no loss scale: it was not trained in fp16");
            }
            NativeOps.copy(array, state.get(name));
        });
    }

    @Override
    public void close() {
        List.of(scale, tracker, found, skipped).forEach(NDArray::close);
    }
}
