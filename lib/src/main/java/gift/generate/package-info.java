/**
 * Draws synthetic pictures by a plan, and judges what a Stable Diffusion draws.
 *
 * <p>Uses {@code diffusion}, {@code clip}, {@code data.source} and, to judge, {@code mini}. Start with {@code Generation}.
 */
package gift.generate;
