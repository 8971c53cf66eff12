/**
 * Figures of published and own results, as PNG and SVG.
 *
 * <p>Uses {@code results}, {@code results.tables}, {@code eval}, and {@code clip} for the names of tensors.
 * Start with {@code Figures}.
 */
package gift.results.figures;
