package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Whether all losses were finite so far, known to the device alone, so that no update waits for it: from the first one that
 * was not, an optimizer that skips where this is {@link #found} changes nothing any more.
 */
public final class FiniteCheck implements AutoCloseable {
    private final NDArray found; // 0-dim

    public FiniteCheck(NDManager manager) {
        found = Scopes.outside(() -> Scopes.notRecording(() -> manager.zeros(new Shape())));
    }

    /** Sees values, fp32 of any shape. */
    public void see(NDArray values) {
        Scopes.withoutGradients(() -> MixedOps.noteNotFinite(found, values));
    }

    /** 1 if a value was not finite, else 0; 0-dim, and stays that of this object. */
    public NDArray found() {
        return found;
    }

    /** Makes another such number 1 where this one is. */
    public void addTo(NDArray other) {
        Scopes.withoutGradients(() -> MixedOps.either(other, found));
    }

    @Override
    public void close() {
        found.close();
    }
}
