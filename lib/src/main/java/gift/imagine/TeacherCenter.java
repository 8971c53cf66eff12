package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import gift.tensor.Scopes;

/**
 * The running mean of the teacher's logits, which is taken off them so that no prototype wins all images (Caron et al. 2021,
 * equation 4).
 *
 * <pre>
 * p = softmax((t - c) / temperature),     then  c  &lt;-  0.9 c + 0.1 mean of t over the rows
 * </pre>
 *
 * Update i thus uses the centre of the updates before it; the first uses 0.
 */
public final class TeacherCenter {
    private static final double MOMENTUM = 0.9;

    private final NDArray center; // (1, K)

    public TeacherCenter(NDManager manager, int prototypes) {
        center = Scopes.outside(() -> manager.zeros(new Shape(1, prototypes)));
    }

    /** c (1, K), the live array. */
    public NDArray values() {
        return center;
    }

    /** The probabilities (N, K) of logits t (N, K), without graph; the centre then moves. */
    public NDArray probabilities(NDArray logits, double temperature) {
        NDArray p = Scalars.divideOnce(logits.sub(center), temperature).softmax(-1);
        Scalars.scaleInPlace(center, MOMENTUM);
        center.addi(NativeOps.scale(logits.mean(new int[] {0}, true), 1 - MOMENTUM));
        return p;
    }
}
