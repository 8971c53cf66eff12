/**
 * Images decoded once and kept in one file, in place of many files.
 *
 * <p>Uses {@code data}, {@code image}, {@code train}. Start with {@code Packs}.
 */
package gift.data.packed;
