package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import gift.diffusion.schedulers.Scheduler;
import gift.tensor.Scopes;
import java.util.Arrays;
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
     * @throws ArithmeticException naming the step, if a latent is no number
     * @throws CancellationException if the watcher says so
     */
    public NDArray run(Scheduler scheduler, NDArray start, IntFunction<NDArray> fresh, Watcher watcher) {
        int[] timesteps = scheduler.timesteps();
        return Scopes.withoutGradients(() -> {
            NDArray context = context();
            NDArray x = start;
            for (int i = 0; i < timesteps.length; i++) {
                NDArray before = x;
                int step = i;
                x = Scopes.withoutGradients(() -> scheduler.step(
                        noise(scheduler.input(before, step), scheduler.time(step), context), step, before, () -> fresh.apply(step)));
                if (before != start) {
                    before.close();
                }
                requireNumbers(x, step, timesteps[step]);
                if (!watcher.goOn(i + 1, timesteps.length, x)) {
                    throw new CancellationException("stopped after step " + (i + 1) + " of " + timesteps.length);
                }
            }
            return x;
        });
    }

    /** (2 B, S, D), first the negative states, or (B, S, D) without guidance. */
    private NDArray context() {
        if (!Sampling.isGuided(guidance)) {
            return text;
        }
        return negative.repeat(0, text.getShape().get(0)).concat(text, 0);
    }

    private NDArray noise(NDArray x, float timestep, NDArray context) {
        NDManager manager = x.getManager();
        float[] timesteps = new float[Math.toIntExact(context.getShape().get(0))];
        Arrays.fill(timesteps, timestep);
        NDArray t = manager.create(timesteps);
        if (!Sampling.isGuided(guidance)) {
            return model.noise(x, t, context);
        }
        NDList halves = model.noise(x.concat(x, 0), t, context).split(2);
        NDArray without = halves.get(0);
        return without.add(halves.get(1).sub(without).mul(guidance));
    }

    private static void requireNumbers(NDArray x, int step, int timestep) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            if (!Float.isFinite(x.sum().getFloat())) {
                throw new ArithmeticException("the latents are no numbers after step " + (step + 1) + " (timestep "
                        + timestep + ")");
            }
        }
    }
}
