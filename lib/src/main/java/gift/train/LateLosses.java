package gift.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.tensor.FiniteCheck;
import gift.tensor.Kernel;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * When a trainer's losses are read: before the weights change, as on a CPU, or when the next update has begun, so that a GPU
 * never waits for the host ({@link Kernel#LATE_LOSSES}). Then the device itself sees to it that nothing changes the weights any
 * more once a loss was not finite. A moving average may still come nearer to them; nothing of it is written.
 *
 * <pre>{@code
 * LateLosses losses = new LateLosses(manager, mixed.found(), true);
 * AdamW optimizer = new AdamW(parameters, settings).skippingWhere(losses.skip());
 *
 * public Map<String, Double> update(int i) {
 *     return losses.make(i, false, values -> update(i, values)).read();
 * }
 *
 * public UpdateLosses begin(int i) {
 *     return losses.make(i, true, values -> update(i, values));
 * }
 * }</pre>
 *
 * where the update adds its losses to the values, calls {@link #settle} and then changes the weights.
 */
public final class LateLosses implements AutoCloseable {
    private final NDArray found;     // as of MixedPrecision; or null
    private final FiniteCheck check; // null where losses are read before the weights change

    /**
     * @param found {@link gift.tensor.MixedPrecision#found}, which stays the caller's, or null
     * @param possible whether the optimizer can leave out an update on the device
     */
    public LateLosses(NDManager manager, NDArray found, boolean possible) {
        this.found = found;
        this.check = possible && Kernel.LATE_LOSSES.on(manager.getDevice().isGpu()) ? new FiniteCheck(manager) : null;
    }

    /** What the optimizer skips where it is 1 ({@link gift.tensor.AdamW#skippingWhere}); null for nothing. */
    public NDArray skip() {
        return found != null || check == null ? found : check.found();
    }

    /** {@link #make(int, boolean, UnaryOperator, Consumer)} of losses that are logged as they are. */
    public UpdateLosses make(int i, boolean late, Consumer<LossValues> work) {
        return make(i, late, values -> values, work);
    }

    /**
     * The losses of an update.
     *
     * @param late whether they may be read later
     * @param logged from the values by name to what the log has
     * @param work makes the update
     */
    public UpdateLosses make(int i, boolean late, UnaryOperator<Map<String, Double>> logged, Consumer<LossValues> work) {
        LossValues values = new LossValues(i, late && check != null, logged);
        try {
            work.accept(values);
        } catch (RuntimeException e) {
            values.close();
            throw e;
        }
        return values;
    }

    /**
     * To be called when all losses are there and before the weights change: reads them, or has the device check them.
     *
     * @throws ArithmeticException if they are read and one is not finite
     */
    public void settle(LossValues values) {
        if (values.late()) {
            check.see(values.checked());
        } else {
            values.read();
        }
    }

    /** To be called when the gradients are without their loss scale, which makes {@code found} anew. */
    public void noteInFound() {
        if (check != null && found != null) {
            check.addTo(found);
        }
    }

    @Override
    public void close() {
        if (check != null) {
            check.close();
        }
    }
}
