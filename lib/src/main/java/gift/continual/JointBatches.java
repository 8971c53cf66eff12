package gift.continual;

import gift.tensor.RandomStream;
import java.util.List;

/**
 * Batches of all tasks for joint training: each is of one task, whose class prompts compete; in every round of as many
 * iterations as there are tasks each has its turn, in random order.
 */
public final class JointBatches implements TaskBatches {
    private final List<? extends TaskBatches> tasks;
    private final long seed;

    public JointBatches(List<? extends TaskBatches> tasks, long seed) {
        this.tasks = List.copyOf(tasks);
        this.seed = seed;
    }

    private TaskBatches task(int iteration) {
        int round = iteration / tasks.size();
        int[] order = RandomStream.of(seed, "order of tasks", round).permutation(tasks.size());
        return tasks.get(order[iteration % tasks.size()]);
    }

    @Override
    public Batch batch(int iteration) {
        return task(iteration).batch(iteration / tasks.size());
    }

    @Override
    public long[][] classTokens(int iteration) {
        return task(iteration).classTokens(iteration / tasks.size());
    }
}
