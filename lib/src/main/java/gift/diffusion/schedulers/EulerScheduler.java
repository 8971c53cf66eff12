package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Euler's method along the noise level (Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative
 * Models", algorithm 1 without the second-order correction and without fresh noise). Latents are clean latent plus sigma
 * times noise; the model is shown x / sqrt(sigma^2 + 1). From sigma to sigma', with x_0 the clean latent as predicted:
 * <pre>
 *   x' = x + (sigma' - sigma) (x - x_0) / sigma = x_0 + sigma' / sigma (x - x_0)
 * </pre>
 * The right side is computed, where large numbers do not cancel.
 *
 * <p>The last sigma' is 0, or with {@code final_sigmas_type} sigma_min that of timestep 0. A run starts from noise times the
 * largest sigma; times sqrt(sigma^2 + 1) where the spacing is leading.
 */
final class EulerScheduler implements Scheduler {
    private final NoiseSchedule noise;
    private final Prediction prediction;
    private final float[] times;    // (kept)
    private final float[] sigmas;   // (kept + 1)
    private final double start;

    EulerScheduler(NoiseConfig config, RuleConfig rule, int steps, int kept) {
        noise = config.schedule().withoutZero();
        prediction = config.prediction();
        TimestepSpacing spacing = rule.spacing(TimestepSpacing.LINSPACE);
        Sigmas schedule = new Sigmas(noise);
        double[] all = Arrays.stream(spacing.timesteps(noise.length(), steps, rule.stepsOffset()))
                .map(t -> (float) t).toArray(); // diffusers holds them in fp32
        double[] levels = Arrays.stream(all).map(schedule::at).toArray();
        if (rule.karras()) {
            levels = Sigmas.karras(levels[0], levels[steps - 1], steps);
            all = Arrays.stream(levels).map(schedule::timestep).toArray();
        }
        double most = (float) levels[0];
        start = spacing == TimestepSpacing.LEADING ? Math.sqrt(most * most + 1) : most;
        times = new float[kept];
        sigmas = new float[kept + 1];
        for (int i = 0; i < kept; i++) {
            times[i] = (float) all[steps - kept + i];
            sigmas[i] = (float) levels[steps - kept + i];
        }
        sigmas[kept] = rule.endsAtZero(RuleConfig.ZERO) ? 0 : (float) schedule.first();
    }

    @Override
    public int[] timesteps() {
        int[] rounded = new int[times.length];
        Arrays.setAll(rounded, i -> (int) Math.rint(times[i]));
        return rounded;
    }

    @Override
    public float time(int index) {
        return times[index];
    }

    @Override
    public NoiseSchedule noiseSchedule() {
        return noise;
    }

    @Override
    public NDArray begin(NDArray standardNormal) {
        return NativeOps.scale(standardNormal, start);
    }

    @Override
    public NDArray begin(NDArray clean, NDArray standardNormal) {
        return clean.add(NativeOps.scale(standardNormal, sigmas[0]));
    }

    @Override
    public NDArray input(NDArray sample, int index) {
        return Scalars.divide(sample, Math.sqrt(1 + (double) sigmas[index] * sigmas[index]));
    }

    @Override
    public NDArray step(NDArray answer, int index, NDArray sample, Supplier<NDArray> unused) {
        double sigma = sigmas[index];
        double alpha = 1 / Math.sqrt(1 + sigma * sigma);
        NDArray clean = prediction.clean(answer, NativeOps.scale(sample, alpha), alpha, sigma * alpha);
        return clean.add(NativeOps.scale(sample.sub(clean), sigmas[index + 1] / sigma));
    }
}
