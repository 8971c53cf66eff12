/**
 * Times a training step, a call of the denoiser, and the preparation of images: {@code gift bench}.
 *
 * <p>Uses {@code continual}, {@code diffusion} and {@code data}. Start with {@code StepBench}.
 */
package gift.bench;
