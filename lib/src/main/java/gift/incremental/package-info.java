/**
 * Class-incremental learning: one label space that grows. Its order and steps, its methods, the evaluation among all classes
 * seen.
 *
 * <p>Uses {@code continual}, {@code eval}, {@code data} and what is below; training is that of {@code continual}, runs and
 * files are those of {@code study}. Start with {@code ClassIncremental}, then {@code LabelSpace} and
 * {@code IncrementalMethods}.
 */
package gift.incremental;
