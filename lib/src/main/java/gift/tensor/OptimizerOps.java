package gift.tensor;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The updates of {@link AdamW} over whole lists of tensors, in place, without gradient. */
final class OptimizerOps {
    private OptimizerOps() {}

    /** The fused form, which counts its updates in {@code steps}. */
    static void fusedAdamW(
            List<NDArray> parameters, List<NDArray> gradients, List<NDArray> m, List<NDArray> v, List<NDArray> steps,
            double learningRate, double beta1, double beta2, double weightDecay, double eps) {
        try (NDArray lr = NativeOps.newScalar(learningRate)) {
            NativeOps.callOnLists("fused_adamw", List.of(parameters, gradients, m, v, steps), lr, NativeOps.scalar(beta1),
                    NativeOps.scalar(beta2), NativeOps.scalar(weightDecay), NativeOps.scalar(eps)).close();
        }
    }

    /** {@link #fusedAdamW}, which changes nothing where the 0-dim {@code found} is 1. */
    static void fusedAdamW(
            List<NDArray> parameters, List<NDArray> gradients, List<NDArray> m, List<NDArray> v, List<NDArray> steps,
            double learningRate, double beta1, double beta2, double weightDecay, double eps, NDArray found) {
        try (NDArray lr = NativeOps.newScalar(learningRate)) {
            NativeOps.callOnLists("fused_adamw_unless", List.of(parameters, gradients, m, v, steps), lr, NativeOps.scalar(beta1),
                    NativeOps.scalar(beta2), NativeOps.scalar(weightDecay), NativeOps.scalar(eps), found).close();
        }
    }

    /** The equations tensor by tensor; {@code count} is t of the corrections 1 - beta^t. */
    static void plainAdamW(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> m, List<NDArray> v,
            double learningRate, double beta1, double beta2, double weightDecay, double eps, long count) {
        try (NDArray lr = NativeOps.newScalar(learningRate);
                NDArray correction1 = NativeOps.newScalar(1 - Math.pow(beta1, count));
                NDArray correction2 = NativeOps.newScalar(1 - Math.pow(beta2, count))) {
            NativeOps.callOnLists("plain_adamw", List.of(parameters, gradients, m, v), lr,
                    NativeOps.scalar(beta1), NativeOps.scalar(beta2), NativeOps.scalar(weightDecay), NativeOps.scalar(eps),
                    correction1, correction2).close();
        }
    }
}
