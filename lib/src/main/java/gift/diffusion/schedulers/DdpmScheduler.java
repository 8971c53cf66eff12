package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Ancestral sampling (Ho et al. 2020, "Denoising Diffusion Probabilistic Models", equations 6 and 7). With a = alpha_bar
 * and x_0 the predicted clean latent ({@link Prediction}), from timestep t to s, where alpha = a_t / a_s and
 * beta = 1 - alpha:
 * <pre>
 *   mean     = sqrt(a_s) beta / (1 - a_t) x_0 + sqrt(alpha) (1 - a_s) / (1 - a_t) x_t
 *   variance = beta (1 - a_s) / (1 - a_t)
 *   x_s      = mean + sqrt(variance) noise                                       without noise at t = 0
 * </pre>
 * Beyond timestep 0, a_s = 1. With leading timesteps s is t - floor(T / n), with others the next of them.
 */
final class DdpmScheduler extends TimestepScheduler {
    private static final double LEAST_VARIANCE = 1e-20;

    private final boolean clip;
    private final int[] next; // below 0 for beyond timestep 0

    DdpmScheduler(NoiseConfig config, RuleConfig rule, int steps, int kept) {
        super(config, rule, steps, kept);
        clip = !Boolean.FALSE.equals(rule.clipSample());
        TimestepSpacing spacing = rule.spacing(TimestepSpacing.LEADING);
        next = new int[kept];
        Arrays.setAll(next, i -> spacing == TimestepSpacing.LEADING ? timesteps[i] - stride : i + 1 < kept ? timesteps[i + 1] : -1);
    }

    @Override
    public NDArray step(NDArray answer, int index, NDArray sample, Supplier<NDArray> fresh) {
        int t = timesteps[index];
        double at = noise.alphaBar(t);
        double as = next[index] >= 0 ? noise.alphaBar(next[index]) : 1;
        double beta = 1 - at / as;
        NDArray clean = prediction.clean(answer, sample, Math.sqrt(at), Math.sqrt(1 - at));
        if (clip) {
            clean = Scalars.clamp(clean, -1, 1);
        }
        NDArray mean = NativeOps.scale(clean, Math.sqrt(as) * beta / (1 - at))
                .add(NativeOps.scale(sample, Math.sqrt(at / as) * (1 - as) / (1 - at)));
        double variance = Math.max(beta * (1 - as) / (1 - at), LEAST_VARIANCE);
        return t > 0 ? mean.add(NativeOps.scale(fresh.get(), Math.sqrt(variance))) : mean;
    }
}
