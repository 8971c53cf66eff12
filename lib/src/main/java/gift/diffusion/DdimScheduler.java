package gift.diffusion;

import ai.djl.ndarray.NDArray;
import java.util.function.Supplier;

/**
 * DDIM (Song et al. 2021, "Denoising Diffusion Implicit Models", equations 12 and 16). With a = alpha_bar and e the
 * predicted noise, from timestep t to s:
 * <pre>
 *   x_0   = (x_t - sqrt(1 - a_t) e) / sqrt(a_t)                                  the clean latent as predicted
 *   sigma = eta sqrt((1 - a_s) / (1 - a_t)) sqrt(1 - a_t / a_s)
 *   x_s   = sqrt(a_s) x_0 + sqrt(1 - a_s - sigma^2) e + sigma noise
 * </pre>
 * eta = 0 is deterministic; eta = 1 is ancestral sampling.
 */
final class DdimScheduler implements Scheduler {
    private final NoiseSchedule noise;
    private final int stride;
    private final double eta;
    private final double lastAlphaBar;
    private final boolean clip;
    private final int[] timesteps;

    DdimScheduler(SchedulerConfig config, int steps, int kept, double eta) {
        noise = config.noiseSchedule();
        stride = config.numTrainTimesteps() / steps;
        this.eta = eta;
        lastAlphaBar = Boolean.FALSE.equals(config.setAlphaToOne()) ? noise.alphaBar(0) : 1;
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
        int s = t - stride;
        double at = noise.alphaBar(t);
        double as = s >= 0 ? noise.alphaBar(s) : lastAlphaBar;
        NDArray clean = sample.sub(prediction.mul(Math.sqrt(1 - at))).div(Math.sqrt(at));
        if (clip) {
            clean = clean.clip(-1, 1);
        }
        double sigma = eta * Math.sqrt((1 - as) / (1 - at)) * Math.sqrt(1 - at / as);
        NDArray next = clean.mul(Math.sqrt(as)).add(prediction.mul(Math.sqrt(1 - as - sigma * sigma)));
        return eta > 0 ? next.add(fresh.get().mul(sigma)) : next;
    }
}
