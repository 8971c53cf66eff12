package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.UnaryOperator;

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
    private static final ThreadLocal<Gradients> CURRENT = new ThreadLocal<>(); // the innermost

    private final NDScope scope = new NDScope();
    private final boolean before = Scopes.record(true);
    private final Gradients outer = CURRENT.get();
    private final Tape tape = new Tape();
    private final MixedPrecision mixed; // or null

    private Gradients(MixedPrecision mixed) {
        this.mixed = mixed;
        CURRENT.set(this);
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
     * f(x) = x + g(x), a residual block, whose linear layers {@link #linear} records where gradients are recorded and that is
     * faster ({@link Kernel#ONEDNN_PRODUCTS}). Within g nothing goes around such a layer.
     */
    public static NDArray block(NDArray x, UnaryOperator<NDArray> f) {
        Gradients current = CURRENT.get();
        return current == null || !Scopes.recording() || !Kernel.ONEDNN_PRODUCTS.on(x) ? f.apply(x) : current.tape.block(x, f);
    }

    /**
     * x W^T + b, recorded by {@link Tape}; to be called while gradients are recorded.
     *
     * @param x (B, T, K)
     * @param weight (N, K)
     * @param bias (N), or null
     * @return (B, T, N); null outside of a {@link #block}, where libtorch is to record the layer
     */
    public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        Gradients current = CURRENT.get();
        return current == null ? null : current.tape.linear(x, weight, bias);
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

    private void run(NDArray value, NDArray gradient) {
        JniUtils.backward((PtNDArray) value, (PtNDArray) gradient, false, false);
        tape.backward();
    }

    @Override
    public void close() {
        if (mixed != null) {
            mixed.cast(false);
        }
        CURRENT.set(outer);
        tape.close();
        Scopes.record(before);
        scope.close();
    }
}
