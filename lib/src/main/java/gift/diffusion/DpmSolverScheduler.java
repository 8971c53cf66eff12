package gift.diffusion;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * DPM-Solver++ (2M), midpoint (Lu et al. 2022, "DPM-Solver++", algorithm 2). With alpha = sqrt(alpha_bar),
 * sigma = sqrt(1 - alpha_bar), lambda = ln(alpha / sigma) and e the predicted noise, from timestep t to s, where
 * h = lambda_s - lambda_t:
 * <pre>
 *   x_0 = (x_t - sigma_t e) / alpha_t                                            the clean latent as predicted
 *   D   = x_0 + (x_0 - x_0') h / (2 h')                                          x_0', h': those of the step before
 *   x_s = sigma_s / sigma_t x_t - alpha_s (exp(-h) - 1) D
 * </pre>
 * First order, D = x_0, in the first step, and in the last where n &lt; 15. The timesteps are
 * round(linspace(0, T - 1, n + 1)) downwards without the 0, to which the last step goes.
 */
final class DpmSolverScheduler implements Scheduler {
    private static final int FEW_STEPS = 15;

    private final NoiseSchedule noise;
    private final int steps;
    private final int[] timesteps;
    private final History predictions = new History(2); // of the clean latent

    DpmSolverScheduler(SchedulerConfig config, int steps, int kept) {
        noise = config.noiseSchedule();
        double stride = (config.numTrainTimesteps() - 1) / (double) steps;
        int[] all = IntStream.rangeClosed(1, steps).map(i -> (int) Math.rint((steps + 1 - i) * stride)).distinct().toArray();
        this.steps = all.length;
        timesteps = Arrays.copyOfRange(all, all.length - Math.min(kept, all.length), all.length);
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
    public NDArray step(NDArray prediction, int index, NDArray sample, Supplier<NDArray> unused) {
        int t = timesteps[index];
        boolean last = index == timesteps.length - 1;
        int s = last ? 0 : timesteps[index + 1];
        predictions.add(sample.sub(prediction.mul(sigma(t))).div(alpha(t)));
        double h = lambda(s) - lambda(t);
        NDArray d = predictions.get(0);
        if (index > 0 && !(last && steps < FEW_STEPS)) {
            double before = lambda(t) - lambda(timesteps[index - 1]);
            d = d.add(d.sub(predictions.get(1)).mul(h / (2 * before)));
        }
        return sample.mul(sigma(s) / sigma(t)).sub(d.mul(alpha(s) * Math.expm1(-h)));
    }

    private double alpha(int t) {
        return Math.sqrt(noise.alphaBar(t));
    }

    private double sigma(int t) {
        return Math.sqrt(1 - noise.alphaBar(t));
    }

    private double lambda(int t) {
        return Math.log(alpha(t) / sigma(t));
    }

    @Override
    public void close() {
        predictions.close();
    }
}
