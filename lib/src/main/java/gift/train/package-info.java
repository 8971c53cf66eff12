/**
 * What every training needs, whatever it trains: batches in random order, checkpoints, the log of losses, progress,
 * stopping, the lock of a folder, time and memory.
 *
 * <p>Uses {@code tensor} and {@code io}. Start with {@code TrainingLoop}.
 */
package gift.train;
