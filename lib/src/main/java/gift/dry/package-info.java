/**
 * The paper's whole chain at full width on random weights and painted images: {@code gift run --dry}.
 *
 * <p>Uses {@code study}, {@code generate} and {@code results}. Start with {@code DryRun}.
 */
package gift.dry;
