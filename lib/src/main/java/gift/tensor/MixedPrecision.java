package gift.tensor;

import ai.djl.ndarray.NDArray;
import gift.tensor.machine.TorchSwitches;
import java.util.List;
import java.util.Map;

/**
 * Mixed-precision training (Micikevicius et al. 2018) of one or more models, as {@code torch.autocast} and
 * {@code torch.amp.GradScaler} do it: while gradients are recorded with it, linear layers, convolutions and attention round
 * what goes into them; gradients reach the fp32 weights as fp32.
 *
 * <pre>{@code
 * try (Gradients recording = Gradients.record(mixed)) {
 *     NDArray loss = ...;
 *     recording.backward(loss);              // of the loss times its scale
 *     List<NDArray> gradients = parameters.gradients();
 *     mixed.unscale(gradients);              // clipping and the like come after this
 *     optimizer.step(gradients, rate);       // made with skippingWhere(mixed.found())
 *     mixed.update();
 * }
 * }</pre>
 *
 * In fp32 nothing of this does anything.
 */
public final class MixedPrecision implements AutoCloseable {
    private static boolean told; // that a CPU has no TF32

    private final Compute compute;
    private final List<Parameters> models;
    private final LossScale scale; // null but for fp16

    /** @param models fp32, which stay the caller's */
    public MixedPrecision(Compute compute, Parameters... models) {
        this.compute = compute;
        this.models = List.of(models);
        boolean gpu = models[0].manager().getDevice().isGpu();
        this.scale = compute == Compute.FP16 ? new LossScale(models[0].manager()) : null;
        if (compute == Compute.TF32 && !gpu) {
            tellOnce("gift: compute tf32: a CPU has no TF32, it computes in fp32");
        } else if (compute == Compute.TF32 && !byVariable() && !TorchSwitches.tf32(false)) {
            tellOnce("gift: compute tf32: this libtorch cannot be told from here; start again with "
                    + TorchSwitches.TF32_VARIABLE + "=1 in the environment");
        }
    }

    /** Whether the variable has switched TF32 on for the whole process. */
    private static boolean byVariable() {
        return "1".equals(System.getenv(TorchSwitches.TF32_VARIABLE));
    }

    private static synchronized void tellOnce(String line) {
        if (!told) {
            told = true;
            System.err.println(line);
        }
    }

    /** Whether the models compute in the lower precision from now on. */
    void cast(boolean on) {
        models.forEach(model -> model.compute(on ? compute.precision() : Precision.FP32));
        if (compute == Compute.TF32 && !byVariable() && models.get(0).manager().getDevice().isGpu()) {
            TorchSwitches.tf32(on);
        }
    }

    /** The loss, 0-dim, as backward is to see it. */
    NDArray scaled(NDArray loss) {
        return scale == null ? loss : scale.scaled(loss);
    }

    /** Takes the scale out of gradients after the last backward, in place; to be called once an update, with all of them. */
    public void unscale(List<NDArray> gradients) {
        if (scale != null) {
            Scopes.withoutGradients(() -> scale.unscale(gradients));
        }
    }

    /**
     * Runs {@code work} on gradients without their scale, which more gradients of the scaled loss will be added to.
     * Scales are powers of two: nothing is rounded.
     */
    public void unscaled(List<NDArray> gradients, Runnable work) {
        boolean scales = scale != null && !gradients.isEmpty();
        if (scales) {
            Scopes.withoutGradients(() -> scale.divide(gradients));
        }
        work.run();
        if (scales) {
            Scopes.withoutGradients(() -> scale.multiply(gradients));
        }
    }

    /** Whether a gradient is not finite, in which case the update will be left out; waits for the device. */
    public boolean overflows(List<NDArray> gradients) {
        return scale != null && !gradients.isEmpty() && scale.overflows(gradients);
    }

    /** 1 where a gradient of this update was not finite, else 0; 0-dim. Null where the loss is not scaled. */
    public NDArray found() {
        return scale == null ? null : scale.found();
    }

    /** To be called after the optimizer's step. */
    public void update() {
        if (scale != null) {
            Scopes.withoutGradients(scale::update);
        }
    }

    /** How many updates were left out, as their gradients were not finite. */
    public int skipped() {
        return scale == null ? 0 : scale.skipped();
    }

    /** What the next update depends on, for a checkpoint; empty where the loss is not scaled. */
    public Map<String, NDArray> state() {
        return scale == null ? Map.of() : scale.state();
    }

    /** Goes on from a state: the arrays are copied. */
    public void restore(Map<String, NDArray> state) {
        if (scale != null) {
            Scopes.withoutGradients(() -> scale.restore(state));
        }
    }

    @Override
    public void close() {
        if (scale != null) {
            scale.close();
        }
    }
}
