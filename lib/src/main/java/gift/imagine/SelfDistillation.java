package gift.imagine;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import java.util.List;

/**
 * The losses of pretraining: a student is to give the prototypes the probabilities that its teacher gives them (DINO: Caron
 * et al. 2021; iBOT: Zhou et al. 2022; DINOv2: Oquab et al. 2023). Logits are cosines, (N, K).
 */
public final class SelfDistillation {
    /** The temperature of the student. */
    static final double STUDENT_TEMPERATURE = 0.1;

    private static final int SINKHORN_ROUNDS = 3;

    private SelfDistillation() {}

    /**
     * Row by row -sum_k p_k log softmax(s / 0.1)_k.
     *
     * @param student s (N, K)
     * @param teacher p (N, K), probabilities without graph
     * @return (N)
     */
    public static NDArray crossEntropy(NDArray student, NDArray teacher) {
        NDArray logs = NativeOps.scale(student, 1 / STUDENT_TEMPERATURE).logSoftmax(-1);
        return teacher.mul(logs).sum(new int[] {1}).neg();
    }

    /**
     * The loss of images: the sum over all pairs of a student's and a teacher's crops of the mean cross-entropy.
     *
     * @param students (N, K) each
     * @param teachers (N, K) each, probabilities
     * @return 0-dim
     */
    public static NDArray ofImages(List<NDArray> students, List<NDArray> teachers) {
        NDArray sum = null;
        for (NDArray student : students) {
            for (NDArray teacher : teachers) {
                NDArray mean = crossEntropy(student, teacher).mean();
                sum = sum == null ? mean : sum.add(mean);
            }
        }
        return sum;
    }

    /**
     * The loss of masked patches: the mean over the masked patches of a crop, summed over the masked crops and divided by the
     * number of all crops.
     *
     * @param student (N, K)
     * @param teacher (N, K), probabilities
     * @param weights (N): 1 / (masked patches of the patch's crop)
     * @param crops all crops, masked or not
     * @return 0-dim
     */
    public static NDArray ofPatches(NDArray student, NDArray teacher, NDArray weights, long crops) {
        return NativeOps.scale(crossEntropy(student, teacher).mul(weights).sum(), 1.0 / crops);
    }

    /**
     * Probabilities of the teacher that use all prototypes alike (Sinkhorn-Knopp, in three rounds: Caron et al. 2020).
     *
     * <pre>
     * Q = exp(t / temperature) / total; three times: each prototype's sum to 1 / K, each row's sum to 1 / N; then N Q
     * </pre>
     *
     * @param teacher t (N, K), without graph
     * @return (N, K), rows of sum 1
     */
    public static NDArray sinkhorn(NDArray teacher, double temperature) {
        long n = teacher.getShape().get(0);
        long k = teacher.getShape().get(1);
        NDArray q = Scalars.divideOnce(teacher, temperature).exp();
        q = q.div(q.sum());
        for (int round = 0; round < SINKHORN_ROUNDS; round++) {
            q = Scalars.divide(q.div(q.sum(new int[] {0}, true)), k);
            q = Scalars.divideOnce(q.div(q.sum(new int[] {1}, true)), n);
        }
        return Scalars.scaleOnce(q, n);
    }
}
