/**
 * Stable Diffusion (Rombach et al. 2022) from weights in the folder layout of diffusers: denoiser, autoencoder,
 * text encoder, schedulers, text to image.
 *
 * <p>Uses {@code clip} (the tokenizer), {@code nn}, {@code image} and what is below. Start with {@code TextToImage}.
 */
package gift.diffusion;
