/**
 * Draws synthetic images by a plan, and judges what a Stable Diffusion draws.
 *
 * <p>Uses {@code diffusion}, {@code diffusion.glide}, {@code clip}, {@code sources} and, to judge, {@code mini}. Start with {@code Generation}.
 */
package gift.generate;
