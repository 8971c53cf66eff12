/**
 * The layers that all models share, each built from named parameters.
 *
 * <p>Uses {@code tensor} and {@code io}. Start with {@code Linear} and {@code TransformerBlock}.
 */
package gift.nn;
