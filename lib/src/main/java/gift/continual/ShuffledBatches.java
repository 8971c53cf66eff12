package gift.continual;

import gift.tensor.RandomStream;
import java.util.Arrays;

/**
 * Which items an iteration takes: epochs of shuffled items, the last batch of an epoch smaller where the numbers do not
 * divide, as the published loops draw them. Depends on (seed, purpose, task, iteration) alone.
 */
final class ShuffledBatches {
    private final long seed;
    private final String purpose;
    private final int task;
    private final int items;
    private final int size;
    private int epochAtHand = -1;
    private int[] order;

    ShuffledBatches(long seed, String purpose, int task, int items, int size) {
        this.seed = seed;
        this.purpose = purpose;
        this.task = task;
        this.items = items;
        this.size = size;
    }

    synchronized int[] batch(int iteration) {
        int perEpoch = (items + size - 1) / size;
        int epoch = iteration / perEpoch;
        if (epoch != epochAtHand) {
            order = RandomStream.of(seed, purpose, task, epoch).permutation(items);
            epochAtHand = epoch;
        }
        int from = iteration % perEpoch * size;
        return Arrays.copyOfRange(order, from, Math.min(from + size, items));
    }
}
