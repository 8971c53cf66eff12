/**
 * The paper's whole chain at full width on random weights and painted images: {@code gift run --dry}, {@code gift imagine --dry}.
 *
 * <p>Uses {@code study}, {@code imagine}, {@code generate} and {@code results}. Start with {@code DryRun} and {@code DryImagine}.
 */
package gift.dry;
