/**
 * The paper's whole chain at full width on random weights and painted images: {@code gift run --dry}, {@code gift imagine --dry},
 * {@code gift recognition --dry}.
 *
 * <p>Uses {@code study}, {@code recognition}, {@code imagine}, {@code generate} and {@code results}. Start with {@code DryRun}.
 */
package gift.dry;
