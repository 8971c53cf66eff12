/**
 * The layers that all models share, each built from named parameters.
 *
 * <p>Uses {@code tensor}. Start with {@code Linear} and {@code TransformerBlock}.
 */
package gift.nn;
