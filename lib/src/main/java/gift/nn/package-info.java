/**
 * The layers that all models share, each built from named parameters; low-rank weights beside them, a linear classifier.
 *
 * <p>Uses {@code tensor}, {@code io}. Start with {@code Linear} and {@code TransformerBlock}.
 */
package gift.nn;
