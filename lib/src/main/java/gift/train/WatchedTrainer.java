package gift.train;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * A training that is looked at in between. A training that goes on from a checkpoint does the same again for the updates
 * that it makes again.
 *
 * @param trainer makes the updates
 * @param everyBefore k: {@code before} is told of updates 0, k, 2k, ... before they are made; 0 for none
 * @param everyAfter k: {@code after} is told of updates 0, k, 2k, ... after they were made; 0 for none
 */
public record WatchedTrainer(Trainer trainer, int everyBefore, IntConsumer before, int everyAfter, IntConsumer after)
        implements Trainer {
    @Override
    public Map<String, Double> update(int i) {
        if (everyBefore > 0 && i % everyBefore == 0) {
            before.accept(i);
        }
        Map<String, Double> losses = trainer.update(i);
        if (everyAfter > 0 && i % everyAfter == 0) {
            after.accept(i);
        }
        return losses;
    }

    @Override
    public UpdateLosses begin(int i) {
        boolean watched = everyBefore > 0 && i % everyBefore == 0 || everyAfter > 0 && i % everyAfter == 0;
        return watched ? UpdateLosses.of(update(i)) : trainer.begin(i);
    }

    @Override
    public Map<String, NDArray> state() {
        return trainer.state();
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        trainer.restore(state, next);
    }
}
