/**
 * GLIDE (Nichol et al. 2022), the generator of He et al. 2023: text to an image of 64 x 64, and that to 256 x 256, from the
 * published weights; guidance, real guidance, and its diffusion process.
 *
 * <p>Uses {@code diffusion}, {@code clip} (the tokenizer), {@code nn} and what is below. Start with {@code Glide}.
 */
package gift.diffusion.glide;
