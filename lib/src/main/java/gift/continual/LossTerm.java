package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.continual.ReferenceLoss.Features;
import gift.tensor.NativeOps;

/**
 * One term of the loss that an update minimizes.
 *
 * @param name in the logs
 * @param weight factor of the loss
 * @param loss its equation, which says by its type what it needs: a {@link TaskLoss} a batch of the task with its labels,
 *     a {@link ReferenceLoss} a batch of reference pairs and, where the method has a teacher, the teacher's features
 */
public record LossTerm(String name, double weight, Loss loss) {
    /** An equation, without its weight. */
    public sealed interface Loss permits TaskLoss, ReferenceLoss {}

    /** Whether it is computed from reference pairs; otherwise from the task's own images and labels. */
    public boolean onPairs() {
        return loss instanceof ReferenceLoss;
    }

    /** The weighted loss of a batch of the task. */
    NDArray of(TaskLoss.Seen seen) {
        return NativeOps.scale(((TaskLoss) loss).of(seen), weight);
    }

    /**
     * The weighted loss of a batch of reference pairs.
     *
     * @param teacher null for a method without teacher
     */
    NDArray of(Features student, Features teacher) {
        return NativeOps.scale(((ReferenceLoss) loss).of(student, teacher), weight);
    }
}
