/**
 * Stable Diffusion (Rombach et al. 2022) from weights in the folder layout of diffusers: the noise predictor, the
 * autoencoder between pictures and latents, the text encoder.
 */
package gift.diffusion;
