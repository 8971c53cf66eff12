package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import java.util.function.Supplier;

/**
 * DDIM (Song et al. 2021, "Denoising Diffusion Implicit Models", equations 12 and 16). With a = alpha_bar, e the predicted
 * noise and x_0 the predicted clean latent ({@link Prediction}), from timestep t to s = t - floor(T / n):
 * <pre>
 *   sigma = eta sqrt((1 - a_s) / (1 - a_t)) sqrt(1 - a_t / a_s)
 *   x_s   = sqrt(a_s) x_0 + sqrt(1 - a_s - sigma^2) e + sigma noise
 * </pre>
 * eta = 0 is deterministic; eta = 1 is ancestral sampling.
 */
final class DdimScheduler extends TimestepScheduler {
    private final double eta;
    private final double lastAlphaBar;
    private final boolean clip;

    DdimScheduler(NoiseConfig config, RuleConfig rule, int steps, int kept, double eta) {
        super(config, rule, steps, kept);
        this.eta = eta;
        lastAlphaBar = Boolean.FALSE.equals(rule.setAlphaToOne()) ? noise.alphaBar(0) : 1;
        clip = !Boolean.FALSE.equals(rule.clipSample());
    }

    @Override
    public NDArray step(NDArray answer, int index, NDArray sample, Supplier<NDArray> fresh) {
        int t = timesteps[index];
        int s = t - stride;
        double at = noise.alphaBar(t);
        double as = s >= 0 ? noise.alphaBar(s) : lastAlphaBar;
        NDArray clean = prediction.clean(answer, sample, Math.sqrt(at), Math.sqrt(1 - at));
        NDArray e = prediction.noise(answer, sample, Math.sqrt(at), Math.sqrt(1 - at));
        if (clip) {
            clean = Scalars.clamp(clean, -1, 1);
        }
        double sigma = eta * Math.sqrt((1 - as) / (1 - at)) * Math.sqrt(1 - at / as);
        NDArray next = NativeOps.scale(clean, Math.sqrt(as)).add(NativeOps.scale(e, Math.sqrt(1 - as - sigma * sigma)));
        return eta > 0 ? next.add(NativeOps.scale(fresh.get(), sigma)) : next;
    }
}
