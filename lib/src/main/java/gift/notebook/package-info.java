/**
 * What only notebooks use: images, tables and live progress in a page, with plain text elsewhere; the profile that
 * they work on, and training in one call.
 *
 * <p>Uses {@code study} and {@code results}. Start with {@code Profile} and {@code Show}.
 */
package gift.notebook;
