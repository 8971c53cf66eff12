package gift.continual;

import gift.clip.ClipConfig;

/**
 * How the images of a task become batches.
 *
 * @param contextLength tokens of a text's row
 * @param resolution R, pixels of a side
 * @param batchSize images of a batch
 * @param seed of order and crops
 * @param taskNumber the task's place in the sequence, from 0
 * @param cacheBytes bytes of decoded images kept in memory
 */
public record BatchSettings(int contextLength, int resolution, int batchSize, long seed, int taskNumber, long cacheBytes) {
    private static final long CACHE = 1L << 28;

    /** As a model of this shape takes them, with a cache of 256 MiB. */
    public static BatchSettings of(ClipConfig model, int batchSize, long seed, int taskNumber) {
        return new BatchSettings(model.contextLength(), model.imageResolution(), batchSize, seed, taskNumber, CACHE);
    }

    /** The same with another cache. */
    public BatchSettings withCache(long bytes) {
        return new BatchSettings(contextLength, resolution, batchSize, seed, taskNumber, bytes);
    }
}
