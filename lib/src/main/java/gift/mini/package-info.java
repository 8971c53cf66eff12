/**
 * The procedural world: images of 136 concepts, painted when they are asked for, as a web with captions and as tasks.
 *
 * <p>Uses {@code data} and {@code image}. Start with {@code World}.
 */
package gift.mini;
