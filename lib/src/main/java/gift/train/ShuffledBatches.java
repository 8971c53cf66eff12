package gift.train;

import gift.tensor.RandomStream;
import java.util.Arrays;

/**
 * Which items an iteration takes: epochs of shuffled items, the last batch of an epoch smaller where the numbers do not
 * divide, as the published loops draw them. Depends on (seed, purpose, task, iteration) alone.
 */
public final class ShuffledBatches {
    private final long seed;
    private final String purpose;
    private final int task;
    private final int items;
    private final int size;
    private int epochAtHand = -1;
    private int[] order;

    /**
     * @param purpose names the random stream; it decides the order
     * @param task number of the task, from 0
     * @param items how many there are
     * @param size items of a batch
     */
    public ShuffledBatches(long seed, String purpose, int task, int items, int size) {
        this.seed = seed;
        this.purpose = purpose;
        this.task = task;
        this.items = items;
        this.size = size;
    }

    /** The numbers of the items that an iteration takes, counted from 0. */
    public synchronized int[] batch(int iteration) {
        int perEpoch = new Epochs(items, size).updates();
        int epoch = iteration / perEpoch;
        if (epoch != epochAtHand) {
            order = RandomStream.of(seed, purpose, task, epoch).permutation(items);
            epochAtHand = epoch;
        }
        int from = iteration % perEpoch * size;
        return Arrays.copyOfRange(order, from, Math.min(from + size, items));
    }
}
