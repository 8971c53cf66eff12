package gift.diffusion;

import ai.djl.ndarray.NDArray;
import java.util.function.Supplier;

/**
 * The steps of one sampling run: from noise, by way of noise predictions, to a latent picture.
 *
 * <p>A scheduler holds the state of its run (earlier predictions, where the rule uses them) and serves one run only:
 *
 * <pre>{@code
 * try (Scheduler scheduler = config.create(steps)) {
 *     int[] timesteps = scheduler.timesteps();
 *     for (int i = 0; i < timesteps.length; i++) {
 *         x = scheduler.step(model.forward(x, timesteps[i]), i, x, noise);
 *     }
 * }
 * }</pre>
 *
 * {@link SchedulerConfig#create} makes them. All follow diffusers 0.20.2.
 */
public interface Scheduler extends AutoCloseable {
    /** The timestep of each model call, in order; a rule may evaluate one twice. */
    int[] timesteps();

    /**
     * The next latent.
     *
     * @param prediction the model's estimate of the noise in {@code sample} at {@code timesteps()[index]}, (B, C, h, w)
     * @param index number of the call, 0, 1, 2, ...
     * @param sample (B, C, h, w)
     * @param noise gives standard normal values of the sample's shape; asked by random rules alone, once a step
     * @return (B, C, h, w)
     */
    NDArray step(NDArray prediction, int index, NDArray sample, Supplier<NDArray> noise);

    /** The noise schedule that the model was trained with. */
    NoiseSchedule noiseSchedule();

    /** A clean latent as it is at a timestep: where picture-to-picture generation starts. */
    default NDArray addNoise(NDArray clean, NDArray noise, int timestep) {
        return noiseSchedule().addNoise(clean, noise, timestep);
    }

    /** Frees the state of the run. */
    @Override
    default void close() {}
}
