/**
 * Tables of published and own results, as text, CSV and Markdown.
 *
 * <p>Uses {@code results} and {@code eval}. Start with {@code Tables}.
 */
package gift.results.tables;
