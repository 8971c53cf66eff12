/**
 * What every training needs, whatever it trains: the loop, its state and checkpoints, batches in random order, epochs, the
 * losses and their log, progress, stopping, the lock of a folder, time and memory.
 *
 * <p>Uses {@code tensor} and {@code io}. Start with {@code Trainer}, which one writes for a training of one's own, and
 * {@code TrainingLoop}, which runs it; {@code TrainingFolder} is the output folder of one recipe.
 */
package gift.train;
