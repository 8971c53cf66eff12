package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Who frees arrays, and when gradients are recorded.
 *
 * <p>The garbage collector never frees an array of the engine. Within {@code try (NDScope scope = new NDScope())}
 * every array created on this thread is closed at the end; {@link #outside} and {@link #keep} are the exceptions.
 */
public final class Scopes {
    private Scopes() {}

    /** What {@code maker} returns is not closed by the scope around this call. */
    public static NDArray outside(Supplier<NDArray> maker) {
        return keep(maker.get());
    }

    /** Takes {@code array} out of the innermost scope, which then leaves it open. */
    public static NDArray keep(NDArray array) {
        NDScope.unregister(array);
        return array;
    }

    /**
     * Runs {@code work} with no graph recorded, closes all that it creates and returns its result, which the caller
     * owns (or an enclosing scope, if there is one).
     */
    public static NDArray withoutGradients(Supplier<NDArray> work) {
        return notRecording(() -> result(work));
    }

    /** Runs {@code work} with no graph recorded and returns its result; closes nothing. */
    public static <T> T notRecording(Supplier<T> work) {
        boolean before = record(false);
        try {
            return work.get();
        } finally {
            record(before);
        }
    }

    /** Whether gradients are recorded on this thread. */
    public static boolean recording() {
        return JniUtils.isGradMode();
    }

    /** Whether gradients are recorded on this thread from now on; returns whether they were. */
    static boolean record(boolean on) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(on);
        return before;
    }

    /**
     * Closes all that {@code work} creates except its result, a new array, which the caller owns (or an enclosing
     * scope, if there is one). Where gradients are recorded, the graph holds on to what it needs; but an array made of
     * Java's values ({@code manager.create(values)}) lies in Java's memory, which the graph does not hold: if backward
     * needs it, make it outside.
     */
    public static NDArray result(Supplier<NDArray> work) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = keep(work.get());
        }
        NDScope.register(result);
        return result;
    }

    /** {@link #withoutGradients(Supplier)} for work without a result. */
    public static void withoutGradients(Runnable work) {
        boolean before = record(false);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            work.run();
        } finally {
            record(before);
        }
    }
}
