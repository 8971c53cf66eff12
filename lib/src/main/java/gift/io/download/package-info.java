/**
 * Verified downloads that resume, and archives unpacked safely.
 *
 * <p>Uses io. Start with {@link gift.io.download.Download}.
 */
package gift.io.download;
