package gift.train;

import gift.tensor.RandomStream;

/**
 * Which items an iteration takes where epochs follow each other without a break: every batch is full, and may begin in one
 * epoch and end in the next. Depends on (seed, purpose, iteration) alone; {@link ShuffledBatches} ends each epoch with the
 * items that are left.
 */
public final class EndlessBatches {
    private final long seed;
    private final String purpose;
    private final int items;
    private final int size;
    private long epochAtHand = -1;
    private int[] order;

    /**
     * @param purpose names the random stream; it decides the order
     * @param items how many there are
     * @param size items of a batch
     */
    public EndlessBatches(long seed, String purpose, int items, int size) {
        if (items < 1 || size < 1) {
            throw new IllegalArgumentException("batches of " + size + " of " + items + " items");
        }
        this.seed = seed;
        this.purpose = purpose;
        this.items = items;
        this.size = size;
    }

    /** The numbers of the items that an iteration takes, counted from 0. */
    public synchronized int[] batch(int iteration) {
        int[] batch = new int[size];
        for (int i = 0; i < size; i++) {
            long place = (long) iteration * size + i;
            batch[i] = order(place / items)[(int) (place % items)];
        }
        return batch;
    }

    private int[] order(long epoch) {
        if (epoch != epochAtHand) {
            order = RandomStream.of(seed, purpose, epoch).permutation(items);
            epochAtHand = epoch;
        }
        return order;
    }
}
