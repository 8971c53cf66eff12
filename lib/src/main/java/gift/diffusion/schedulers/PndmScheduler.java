package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import gift.io.InputException;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import java.util.function.Supplier;

/**
 * PNDM without Runge-Kutta steps, which is PLMS (Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on
 * Manifolds", equations 11 and 12): the predictions of up to four calls are combined as in a linear multistep method.
 *
 * <p>With e_k the prediction k calls ago, the combined noise e is
 * <pre>
 *   e = (55 e_0 - 59 e_1 + 37 e_2 - 9 e_3) / 24        from the fifth call on
 *   e = (23 e_0 - 16 e_1 + 5 e_2) / 12                 fourth call
 *   e = (3 e_0 - e_1) / 2                              third call
 *   e = (e_0 + e_1) / 2                                second call, which takes the first step over again
 *   e = e_0                                            first call
 * </pre>
 * and from timestep t to s, with a = alpha_bar,
 * <pre>
 *   x_s = sqrt(a_s / a_t) x_t - (a_s - a_t) e / (a_t sqrt(1 - a_s) + sqrt(a_t (1 - a_t) a_s)).
 * </pre>
 * Of a model that answers with the velocity the answers are combined, and e is the noise of the combined one.
 *
 * <p>The second timestep is therefore evaluated twice. Where only the last steps are taken (image to image), the run
 * begins with these two calls as well; diffusers 0.20.2 then loses one step.
 */
final class PndmScheduler extends TimestepScheduler {
    private final double lastAlphaBar;
    private final int[] calls; // the timestep of each call
    private final History predictions = new History(4);
    private final History firstSample = new History(1);

    PndmScheduler(NoiseConfig config, RuleConfig rule, int steps, int kept) {
        super(config, rule, steps, kept);
        if (!rule.skipPrkSteps()) {
            throw new InputException("the scheduler configuration has skip_prk_steps false, which pndm does not"
                    + " support: use another scheduler");
        }
        if (config.prediction() == Prediction.SAMPLE) {
            throw new InputException("pndm does not support models with prediction_type sample: use another scheduler");
        }
        lastAlphaBar = Boolean.TRUE.equals(rule.setAlphaToOne()) ? 1 : noise.alphaBar(0);
        calls = secondTwice(timesteps);
    }

    private static int[] secondTwice(int[] t) {
        if (t.length == 1) {
            return t;
        }
        int[] result = new int[t.length + 1];
        System.arraycopy(t, 0, result, 0, 2);
        System.arraycopy(t, 1, result, 2, t.length - 1);
        return result;
    }

    @Override
    public int[] timesteps() {
        return calls.clone();
    }

    @Override
    public NDArray step(NDArray answer, int index, NDArray sample, Supplier<NDArray> unused) {
        if (index == 1) { // the first step over again, with the mean of the predictions at both its ends
            NDArray mean = Scalars.divide(answer.add(predictions.get(0)), 2);
            return transfer(mean, firstSample.get(0), calls[1] + stride, calls[1]);
        }
        if (index == 0) {
            firstSample.add(sample);
        }
        predictions.add(answer);
        return transfer(combined(), sample, calls[index], calls[index] - stride);
    }

    private NDArray combined() {
        return switch (predictions.size()) {
            case 1 -> predictions.get(0);
            case 2 -> sum(2, 3, -1);
            case 3 -> sum(12, 23, -16, 5);
            default -> sum(24, 55, -59, 37, -9);
        };
    }

    /** The sum of factor_k e_k / divisor. */
    private NDArray sum(double divisor, double... factors) {
        NDArray sum = NativeOps.scale(predictions.get(0), factors[0] / divisor);
        for (int k = 1; k < factors.length; k++) {
            sum = sum.add(NativeOps.scale(predictions.get(k), factors[k] / divisor));
        }
        return sum;
    }

    private NDArray transfer(NDArray combined, NDArray x, int t, int s) {
        double at = noise.alphaBar(t);
        NDArray e = prediction.noise(combined, x, Math.sqrt(at), Math.sqrt(1 - at));
        double as = s >= 0 ? noise.alphaBar(s) : lastAlphaBar;
        double divisor = at * Math.sqrt(1 - as) + Math.sqrt(at * (1 - at) * as);
        return NativeOps.scale(x, Math.sqrt(as / at)).sub(NativeOps.scale(e, (as - at) / divisor));
    }

    @Override
    public void close() {
        predictions.close();
        firstSample.close();
    }
}
