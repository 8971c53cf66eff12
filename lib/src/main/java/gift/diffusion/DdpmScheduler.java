package gift.diffusion;

import ai.djl.ndarray.NDArray;
import java.util.function.Supplier;

/**
 * Ancestral sampling (Ho et al. 2020, "Denoising Diffusion Probabilistic Models", equations 6 and 7). With a = alpha_bar
 * and e the predicted noise, from timestep t to s, where alpha = a_t / a_s and beta = 1 - alpha:
 * <pre>
 *   x_0      = (x_t - sqrt(1 - a_t) e) / sqrt(a_t)                               the clean latent as predicted
 *   mean     = sqrt(a_s) beta / (1 - a_t) x_0 + sqrt(alpha) (1 - a_s) / (1 - a_t) x_t
 *   variance = beta (1 - a_s) / (1 - a_t)
 *   x_s      = mean + sqrt(variance) noise                                       without noise at t = 0
 * </pre>
 * Beyond timestep 0, a_s = 1.
 */
final class DdpmScheduler implements Scheduler {
    private static final double LEAST_VARIANCE = 1e-20;

    private final NoiseSchedule noise;
    private final int stride;
    private final boolean clip;
    private final int[] timesteps;

    DdpmScheduler(SchedulerConfig config, int steps, int kept) {
        noise = config.noiseSchedule();
        stride = config.numTrainTimesteps() / steps;
        clip = !Boolean.FALSE.equals(config.clipSample());
        timesteps = config.leading(steps, kept);
    }

    @Override
    public int[] timesteps() {
        return timesteps.clone();
    }

    @Override
    public NoiseSchedule noiseSchedule() {
        return noise;
    }

    @Override
    public NDArray step(NDArray prediction, int index, NDArray sample, Supplier<NDArray> fresh) {
        int t = timesteps[index];
        double at = noise.alphaBar(t);
        double as = t >= stride ? noise.alphaBar(t - stride) : 1;
        double beta = 1 - at / as;
        NDArray clean = sample.sub(prediction.mul(Math.sqrt(1 - at))).div(Math.sqrt(at));
        if (clip) {
            clean = clean.clip(-1, 1);
        }
        NDArray mean = clean.mul(Math.sqrt(as) * beta / (1 - at))
                .add(sample.mul(Math.sqrt(at / as) * (1 - as) / (1 - at)));
        double variance = Math.max(beta * (1 - as) / (1 - at), LEAST_VARIANCE);
        return t > 0 ? mean.add(fresh.get().mul(Math.sqrt(variance))) : mean;
    }
}
