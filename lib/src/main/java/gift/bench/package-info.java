/**
 * Times a training step, a call of the denoiser, the drawing and the preparation of images: {@code gift bench}.
 *
 * <p>Every bench gives a {@code BenchReport}: medians and spread, memory, and how far it is from the {@code Floor} that the
 * machine reaches in one large matrix product. {@code environment/peer} makes the same report with PyTorch from Python.
 *
 * <p>Uses {@code continual}, {@code diffusion}, {@code data} and {@code doctor}, which counts operations. Start with {@code StepBench}.
 */
package gift.bench;
