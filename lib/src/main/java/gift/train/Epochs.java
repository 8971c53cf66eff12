package gift.train;

/**
 * What an epoch is, one pass over all items: turns epochs into updates and back. The last batch of an epoch is smaller
 * where the numbers do not divide, as {@link ShuffledBatches} draws it.
 *
 * @param items how many there are
 * @param batchSize items of an update
 */
public record Epochs(int items, int batchSize) {
    public Epochs {
        if (items < 1 || batchSize < 1) {
            throw new IllegalArgumentException(
                    "an epoch needs at least 1 item and a batch size of at least 1, not " + items + " and " + batchSize);
        }
    }

    /** The updates of one epoch: items / batchSize, rounded up. */
    public int updates() {
        return (items + batchSize - 1) / batchSize;
    }

    /** The updates of so many epochs, rounded to the nearest; half an epoch of warm-up is {@code updates(0.5)}. */
    public int updates(double epochs) {
        return Math.toIntExact(Math.round(epochs * updates()));
    }

    /** How many epochs so many updates are. */
    public double epochs(int updates) {
        return (double) updates / updates();
    }
}
