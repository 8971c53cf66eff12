/**
 * Configuration files as published code has them: YAML with hydra's overrides, and entries whose numbers and booleans may be
 * written in several ways.
 *
 * <p>Uses {@code io}. Start with {@code PublishedEntries}.
 */
package gift.io.published;
