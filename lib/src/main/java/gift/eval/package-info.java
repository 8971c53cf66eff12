/**
 * Accuracy on tasks, the accuracy matrix of a sequence of tasks or of a growing label space, the metrics made of it, intervals
 * over seeds; runs of few-shot studies and their means; features of images that are kept.
 *
 * <p>Uses {@code clip} and {@code data}. Start with {@code Metrics}.
 */
package gift.eval;
