package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.schedulers.Scheduler;
import gift.tensor.NativeOps;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.concurrent.CancellationException;
import java.util.function.IntFunction;

/**
 * From noise to latents with classifier-free guidance (Ho and Salimans 2022): the noise predicted without the text, and
 * from there g times as far as the text leads,
 *
 * <pre>
 *   e = e(x, negative) + g (e(x, text) - e(x, negative)).
 * </pre>
 *
 * <p>Both predictions come from one call with the batch twice in it; where g is 1 or less, e = e(x, text).
 *
 * @param model predicts the noise, or what else {@link Prediction} knows
 * @param text states of the prompts, (B, S, D)
 * @param negative states of what to lead away from, (1, S, D)
 * @param guidance g
 */
public record Denoising(NoisePredictor model, NDArray text, NDArray negative, double guidance) {
    /** A UNet, or what stands for one. */
    @FunctionalInterface
    public interface NoisePredictor {
        /**
         * @param sample (B, C, h, w)
         * @param timesteps (B), float32
         * @param context (B, S, D)
         * @return (B, C, h, w)
         */
        NDArray noise(NDArray sample, NDArray timesteps, NDArray context);
    }

    /**
     * All steps of a scheduler. Nothing is left of a step but the latents; no graph is recorded.
     *
     * @param start latents at the first timestep, (B, C, h, w): {@link Scheduler#begin}
     * @param fresh standard normal values of that shape for the step of a number, where the scheduler is a random one
     * @return (B, C, h, w), which the caller owns, or the scope around the call
     * @throws ArithmeticException naming the step, if a latent is no number; thrown when one more step is made
     * @throws CancellationException if the watcher says so
     */
    public NDArray run(Scheduler scheduler, NDArray start, IntFunction<NDArray> fresh, Watcher watcher) {
        int[] timesteps = scheduler.timesteps();
        return Scopes.withoutGradients(() -> {
            NDArray context = context();
            NDArray times = times(scheduler, start.getManager());
            NDArray x = start;
            NDArray sum = null; // of the latents of the step before: read when the device has the next step to do
            for (int i = 0; i < timesteps.length; i++) {
                NDArray before = x;
                int step = i;
                x = Scopes.withoutGradients(() -> scheduler.step(
                        noise(scheduler.input(before, step), times, step, context), step, before, () -> fresh.apply(step)));
                if (before != start) {
                    before.close();
                }
                if (sum != null) {
                    requireNumbers(sum, step - 1, timesteps[step - 1]);
                }
                sum = x.sum();
                if (!watcher.goOn(i + 1, timesteps.length, x)) {
                    throw new CancellationException("stopped after step " + (i + 1) + " of " + timesteps.length);
                }
            }
            if (sum != null) {
                requireNumbers(sum, timesteps.length - 1, timesteps[timesteps.length - 1]);
            }
            return x;
        });
    }

    /** The timesteps of all calls, (n), brought to the device at once. */
    private static NDArray times(Scheduler scheduler, NDManager manager) {
        float[] times = new float[scheduler.timesteps().length];
        for (int i = 0; i < times.length; i++) {
            times[i] = scheduler.time(i);
        }
        return Transfers.write(manager, times, new Shape(times.length));
    }

    /** (2 B, S, D), first the negative states, or (B, S, D) without guidance. */
    private NDArray context() {
        if (!Sampling.isGuided(guidance)) {
            return text;
        }
        return negative.repeat(0, text.getShape().get(0)).concat(text, 0);
    }

    private NDArray noise(NDArray x, NDArray times, int step, NDArray context) {
        NDArray t = times.get(step + ":" + (step + 1)).broadcast(context.getShape().get(0));    // (2 B) or (B)
        if (!Sampling.isGuided(guidance)) {
            return model.noise(x, t, context);
        }
        NDList halves = model.noise(x.concat(x, 0), t, context).split(2);
        NDArray without = halves.get(0);
        return without.add(NativeOps.scale(halves.get(1).sub(without), guidance));
    }

    /** @param sum of the latents, 0-dim; closed */
    private static void requireNumbers(NDArray sum, int step, int timestep) {
        float value = Transfers.read(sum)[0];
        sum.close();
        if (!Float.isFinite(value)) {
            throw new ArithmeticException("the latents are no numbers after step " + (step + 1) + " (timestep " + timestep + ")");
        }
    }
}
