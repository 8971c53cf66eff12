/**
 * Data sets as values: images with classes or with texts, their splits and prompts, and where they come from.
 *
 * <p>Uses {@code image} and {@code io}. Start with {@code Task}, {@code PairDataset} and {@code DatasetSource}.
 */
package gift.data;
