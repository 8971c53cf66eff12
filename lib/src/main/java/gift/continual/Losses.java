package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import gift.tensor.Scopes;

/**
 * The equations of GIFT, one method each. Features have unit length; a similarity matrix M has a row for each image
 * and a column for each text. Every result is 0-dim.
 */
public final class Losses {
    private Losses() {}

    /**
     * Equation 1. M = s I T^T.
     *
     * @param images I (B, D)
     * @param texts T (N, D)
     * @param scale s = exp(logit_scale), 0-dim
     * @return (B, N)
     */
    public static NDArray similarity(NDArray images, NDArray texts, NDArray scale) {
        return images.matMul(texts.transpose()).mul(scale);
    }

    /**
     * Equation 2, cross-entropy over class prompts. L_CE = -1/B sum_i sum_c q_ic log softmax(M_i)_c with
     * q_ic = (1 - e) [c = label_i] + e / C; mean over rows.
     *
     * @param logits M (B, C)
     * @param labels (B), int64
     * @param smoothing e
     */
    public static NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
        return NativeOps.crossEntropy(logits, labels, smoothing);
    }

    /**
     * Equation 3, half of the contrastive distillation:
     * T^2 (-1/B) sum_i sum_j softmax(M'_i / T)_j log softmax(M_i / T)_j; mean over rows. The other half is the same of
     * the transposed matrices.
     *
     * @param student M (B, N)
     * @param teacher M' (B, N)
     * @param temperature T
     */
    public static NDArray distillation(NDArray student, NDArray teacher, double temperature) {
        NDArray target = NativeOps.scale(teacher, 1 / temperature).softmax(1);
        NDArray logs = NativeOps.scale(student, 1 / temperature).logSoftmax(1);
        return NativeOps.scale(target.mul(logs).sum(new int[] {1}).mean(), -temperature * temperature);
    }

    /**
     * The ablation of equation 3 with the reverse KL divergence: T^2 KL(softmax(M / T) || softmax(M' / T)), its entropy
     * included; mean over rows.
     */
    public static NDArray reverseKl(NDArray student, NDArray teacher, double temperature) {
        NDArray logs = NativeOps.scale(student, 1 / temperature).logSoftmax(1);
        NDArray targets = NativeOps.scale(teacher, 1 / temperature).logSoftmax(1);
        NDArray divergence = logs.exp().mul(logs.sub(targets)).sum(new int[] {1}).mean();
        return NativeOps.scale(divergence, temperature * temperature);
    }

    /**
     * The ablation of equation 3 on features: their MSE, the mean over images and dimensions of (f - f')^2.
     *
     * @param student f (B, D)
     * @param teacher f' (B, D)
     */
    public static NDArray featureMse(NDArray student, NDArray teacher) {
        NDArray difference = student.sub(teacher);
        return difference.mul(difference).mean();
    }

    /**
     * Distillation between images (an ablation of ZSCL): {@link #distillation} of the rows of s I I^T, in which each
     * image's similarity to itself is replaced by -10,000.
     *
     * @param student I (B, D)
     * @param teacher I' (B, D)
     * @param scale s, for both
     */
    public static NDArray imageDistillation(NDArray student, NDArray teacher, NDArray scale, double temperature) {
        NDArray self = student.getManager().eye((int) student.getShape().get(0));
        NDArray far = NativeOps.scale(self, -1e4);
        NDArray others = Scalars.isZero(self);
        NDArray m = similarity(student, student, scale).mul(others).add(far);
        NDArray target = similarity(teacher, teacher, scale).mul(others).add(far);
        return distillation(m, target, temperature);
    }

    /**
     * Equation 4, half of the image-text alignment: cross-entropy of the rows of M against the identity, with label
     * smoothing; mean over rows. The other half is the same of the transposed matrix.
     *
     * <p>The published code lets identical texts of a batch share the target mass equally. The features of identical
     * texts are equal, so the sum of both halves, and each of them, is the same as with the identity as target.
     *
     * @param similarity M (B, B)
     */
    public static NDArray alignment(NDArray similarity, double smoothing) {
        long b = similarity.getShape().get(0);
        NDArray diagonal = similarity.getManager().arange(0, (int) b, 1, DataType.INT64);
        return NativeOps.crossEntropy(similarity, diagonal, smoothing);
    }

    /**
     * The confidence penalty (Pereyra et al. 2017): the negative entropy of the predictions,
     * 1/B sum_i sum_c p_ic log p_ic with p_i = softmax(M_i); mean over rows.
     *
     * @param logits M (B, C)
     */
    public static NDArray confidence(NDArray logits) {
        NDArray logs = logits.logSoftmax(1);
        return logs.exp().mul(logs).sum(new int[] {1}).mean();
    }

    /**
     * Equation 5, the Fisher information of one tensor: F = g^2 / mean(g^2), of the same shape as g; zero where g is.
     * The division by the mean is in the published code only, not in the paper.
     */
    public static NDArray fisher(NDArray gradient) {
        return Scopes.result(() -> {
            NDArray square = gradient.mul(gradient);
            NDArray mean = square.mean();
            return square.divi(mean.add(Scalars.isZero(mean)));
        });
    }

    /**
     * Equation 6, the weight penalty of one tensor: sum F (theta - theta')^2.
     *
     * @param fisher F, or null for the plain penalty with F = 1
     */
    public static NDArray penalty(NDArray parameter, NDArray anchor, NDArray fisher) {
        return Scopes.result(() -> {
            NDArray square = parameter.sub(anchor).square();
            return (fisher == null ? square : square.mul(fisher)).sum();
        });
    }
}
