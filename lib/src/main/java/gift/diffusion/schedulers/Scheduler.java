package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import java.util.function.Supplier;

/**
 * The steps of one sampling run: from noise, by way of noise predictions, to a latent image.
 *
 * <p>A scheduler holds the state of its run (earlier predictions, where the rule uses them) and is for one run only:
 *
 * <pre>{@code
 * try (Scheduler scheduler = config.create(steps)) {
 *     NDArray x = scheduler.begin(standardNormal);
 *     for (int i = 0; i < scheduler.timesteps().length; i++) {
 *         x = scheduler.step(model.forward(scheduler.input(x, i), scheduler.time(i)), i, x, noise);
 *     }
 * }
 * }</pre>
 *
 * {@link SchedulerConfig#create} makes them. By default all follow diffusers 0.20.2; settings that came later are as in
 * diffusers 0.40.
 */
public interface Scheduler extends AutoCloseable {
    /** The timestep of each model call, in order, rounded where it is a fraction; a rule may evaluate one twice. */
    int[] timesteps();

    /** The timestep that the model is told at a call, 0 to T - 1; a fraction in some rules. */
    default float time(int index) {
        return timesteps()[index];
    }

    /**
     * The latent where a run from nothing starts.
     *
     * @param standardNormal (B, C, h, w)
     * @return (B, C, h, w)
     */
    default NDArray begin(NDArray standardNormal) {
        return standardNormal;
    }

    /**
     * The latent where a run from an image starts: its latent, noised to the first timestep.
     *
     * @param clean (B, C, h, w)
     * @param standardNormal (B, C, h, w)
     * @return (B, C, h, w)
     */
    default NDArray begin(NDArray clean, NDArray standardNormal) {
        return addNoise(clean, standardNormal, timesteps()[0]);
    }

    /**
     * What the model is shown of a latent.
     *
     * @param sample (B, C, h, w)
     * @param index number of the call, 0, 1, 2, ...
     * @return (B, C, h, w)
     */
    default NDArray input(NDArray sample, int index) {
        return sample;
    }

    /**
     * The next latent.
     *
     * @param prediction what the model answers to {@code input(sample, index)} at {@code time(index)}, (B, C, h, w)
     * @param index number of the call, 0, 1, 2, ...
     * @param sample (B, C, h, w)
     * @param noise gives standard normal values of the sample's shape; asked by random rules alone, once a step
     * @return (B, C, h, w)
     */
    NDArray step(NDArray prediction, int index, NDArray sample, Supplier<NDArray> noise);

    /** The noise schedule that the model was trained with, as the rule uses it. */
    NoiseSchedule noiseSchedule();

    /** A clean latent as it is at a timestep: {@link NoiseSchedule#addNoise}. */
    default NDArray addNoise(NDArray clean, NDArray noise, int timestep) {
        return noiseSchedule().addNoise(clean, noise, timestep);
    }

    /** Frees the state of the run. */
    @Override
    default void close() {}
}
