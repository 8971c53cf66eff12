package gift.recognition;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;

/** The losses of He et al. 2023, one method each. Logits are (B, C), labels (B) int64, results 0-dim. */
public final class TuningLosses {
    private TuningLosses() {}

    /**
     * Cross-entropy with soft labels: -1/B sum_i sum_c softmax(teacher_i / T)_c log softmax(student_i)_c. As published, the
     * temperature is on the teacher alone, and there is no factor T^2.
     *
     * @param temperature T
     */
    public static NDArray softLabels(NDArray student, NDArray teacher, double temperature) {
        NDArray target = NativeOps.scale(teacher, 1 / temperature).softmax(1);
        return NativeOps.scale(target.mul(student.logSoftmax(1)).sum(new int[] {1}).mean(), -1);
    }

    /** Cross-entropy with the teacher's most likely class as label. */
    public static NDArray pseudoLabels(NDArray student, NDArray teacher) {
        return NativeOps.crossEntropy(student, teacher.argMax(1), 0);
    }

    /** Loss on synthetic images: sl soft + (1 - sl) hard. */
    public static NDArray synthetic(NDArray soft, NDArray hard, double softShare) {
        return NativeOps.scale(soft, softShare).add(NativeOps.scale(hard, 1 - softShare));
    }

    /** Loss of mixed training: w_r real + w_s synthetic. */
    public static NDArray mixed(NDArray real, NDArray synthetic, double realWeight, double syntheticWeight) {
        return NativeOps.scale(real, realWeight).add(NativeOps.scale(synthetic, syntheticWeight));
    }
}
