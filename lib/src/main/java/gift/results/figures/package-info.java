/**
 * Figures of published and own results, as PNG and SVG.
 *
 * <p>Uses {@code results}, {@code results.tables} and {@code eval}. Start with {@code Figures}.
 */
package gift.results.figures;
