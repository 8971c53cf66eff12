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
    private final MixedPrecision mixed; // or null

    private Gradients(MixedPrecision mixed) {
        this.mixed = mixed;
        if (mixed != null) {
            mixed.cast(true);
        }
    }

    /** Starts recording. */
    public static Gradients record() {
        return new Gradients(null);
    }

    /** Starts recording in mixed precision: its models compute in the lower precision until this is closed. */
    public static Gradients record(MixedPrecision mixed) {
        return new Gradients(mixed);
    }

    /**
     * Adds the gradient of the 0-dim {@code loss} to the gradients of all trained tensors, and frees its graph; in fp16 times
     * the loss scale, which {@link MixedPrecision#unscale} takes out.
     */
    public void backward(NDArray loss) {
        NDArray seen = mixed == null ? loss : mixed.scaled(loss);
        run(seen, loss.getManager().ones(new Shape(), loss.getDataType()));
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
        if (mixed != null) {
            mixed.cast(false);
        }
        Scopes.record(before);
        scope.close();
    }
}
