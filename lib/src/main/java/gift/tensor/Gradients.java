package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * One training step's recording: gradients are recorded on this thread while it is open, and every array made
 * meanwhile is closed with it.
 *
 * <pre>{@code
 * try (Gradients recording = Gradients.record()) {
 *     NDArray loss = ...;
 *     recording.backward(loss);
 *     optimizer.step(parameters.gradients(), rate);
 * }
 * }</pre>
 */
public final class Gradients implements AutoCloseable {
    private final NDScope scope = new NDScope();
    private final boolean before = Scopes.record(true);

    private Gradients() {}

    /** Starts recording. */
    public static Gradients record() {
        return new Gradients();
    }

    /** Adds the gradient of the 0-dim {@code loss} to the gradients of all trained tensors, and frees its graph. */
    public void backward(NDArray loss) {
        run(loss, loss.getManager().ones(new Shape(), loss.getDataType()));
    }

    /**
     * The same from the middle: {@code gradient} is that of a loss with respect to {@code value}, of the same shape. Nothing
     * happens where nothing that led to the value is trained, as in a frozen tower.
     */
    public void backward(NDArray value, NDArray gradient) {
        if (NativeOps.isRecorded(value)) {
            run(value, gradient);
        }
    }

    private static void run(NDArray value, NDArray gradient) {
        JniUtils.backward((PtNDArray) value, (PtNDArray) gradient, false, false);
    }

    @Override
    public void close() {
        Scopes.record(before);
        scope.close();
    }
}
