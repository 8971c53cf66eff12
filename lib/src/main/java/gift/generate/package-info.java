/**
 * Draws synthetic pictures by a plan, and judges what a Stable Diffusion draws.
 *
 * <p>Uses {@code diffusion}, {@code clip} and {@code data.source}. Start with {@code Generation}.
 */
package gift.generate;
