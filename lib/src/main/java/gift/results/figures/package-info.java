/**
 * Figures of published and own results, as PNG and SVG.
 *
 * <p>Uses {@code results}, {@code results.tables}, {@code eval}, and {@code clip} and {@code data} for the names of tensors and for features.
 * Start with {@code Figures}.
 */
package gift.results.figures;
