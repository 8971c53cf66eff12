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
    private final boolean before = JniUtils.isGradMode();

    private Gradients() {
        JniUtils.setGradMode(true);
    }

    public static Gradients record() {
        return new Gradients();
    }

    /** Adds the gradient of the 0-dim {@code loss} to the gradients of all trained tensors, and frees its graph. */
    public void backward(NDArray loss) {
        NDArray one = loss.getManager().ones(new Shape(), loss.getDataType());
        JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
    }

    @Override
    public void close() {
        JniUtils.setGradMode(before);
        scope.close();
    }
}
