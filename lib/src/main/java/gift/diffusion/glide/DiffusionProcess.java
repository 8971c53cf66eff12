package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import gift.io.InputException;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import java.util.Arrays;

/**
 * The noising of images in steps and its reverse by a network that predicts noise and variance (Nichol and Dhariwal 2021,
 * "Improved Denoising Diffusion Probabilistic Models"), over all timesteps of a schedule or some of them.
 *
 * <p>With a_t = alpha_bar after step t of those kept, a_(-1) = 1:
 * <pre>
 *   beta_t = 1 - a_t / a_(t-1)
 *   q(x_t | x_0):           sqrt(a_t) x_0 + sqrt(1 - a_t) noise
 *   q(x_(t-1) | x_t, x_0):  mean = beta_t sqrt(a_(t-1)) / (1 - a_t) x_0 + (1 - a_(t-1)) sqrt(1 - beta_t) / (1 - a_t) x_t
 *                           variance = beta_t (1 - a_(t-1)) / (1 - a_t)
 * </pre>
 * Coefficients are doubles, rounded to fp32 where they meet an image, as in the published code. Timesteps t here count those
 * kept; {@link #original} is what the network is told.
 */
public final class DiffusionProcess {
    /** T, the timesteps that GLIDE was trained with. */
    public static final int LENGTH = 1000;

    private static final double MOST = 0.999; // beta at the end of the cosine schedule
    private static final double OFFSET = 0.008;

    private final int[] originals;
    private final double[] betas;
    private final double[] alphaBar;

    private DiffusionProcess(double[] all, int[] kept) {
        if (kept.length < 2) {
            throw new InputException("of a diffusion at least 2 timesteps must be kept, not " + kept.length);
        }
        originals = kept;
        double[] whole = alphaBar(all);
        betas = new double[kept.length];
        double before = 1;
        for (int i = 0; i < kept.length; i++) {
            betas[i] = 1 - whole[kept[i]] / before;
            before = whole[kept[i]];
        }
        alphaBar = alphaBar(betas);
    }

    private static double[] alphaBar(double[] betas) {
        double[] products = new double[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            product *= 1 - betas[t];
            products[t] = product;
        }
        return products;
    }

    /**
     * The schedule of the base network: beta_t = min(1 - f((t + 1) / T) / f(t / T), 0.999) with
     * f(u) = cos((u + 0.008) / 1.008 pi / 2)^2 (Nichol and Dhariwal 2021, equation 17).
     *
     * @param respacing which timesteps are kept: "100", "10,10,3", "ddim50", "fast27", or empty for all
     * @throws InputException if it is none of these, or keeps fewer than 2
     */
    public static DiffusionProcess cosine(String respacing) {
        double[] betas = new double[LENGTH];
        Arrays.setAll(betas, t -> Math.min(1 - cosine((t + 1) / (double) LENGTH) / cosine(t / (double) LENGTH), MOST));
        return new DiffusionProcess(betas, Respacing.timesteps(LENGTH, respacing));
    }

    private static double cosine(double u) {
        double root = Math.cos((u + OFFSET) / (1 + OFFSET) * Math.PI / 2);
        return root * root;
    }

    /** The schedule of the upsampler: betas in equal steps from 1e-4 to 0.02 (Ho et al. 2020). */
    public static DiffusionProcess linear(String respacing) {
        double start = 1e-4;
        double end = 0.02;
        double[] betas = new double[LENGTH];
        Arrays.setAll(betas, t -> t == LENGTH - 1 ? end : t * ((end - start) / (LENGTH - 1)) + start);
        return new DiffusionProcess(betas, Respacing.timesteps(LENGTH, respacing));
    }

    /** How many timesteps are kept. */
    public int length() {
        return betas.length;
    }

    /** The timestep of the schedule that a kept one is. */
    public int original(int t) {
        return originals[t];
    }

    public double beta(int t) {
        return betas[t];
    }

    /** The share of the clean image in the variance after step t; 1 at t = -1. */
    public double alphaBar(int t) {
        return t < 0 ? 1 : alphaBar[t];
    }

    /** The variance of q(x_(t-1) | x_t, x_0). */
    public double posteriorVariance(int t) {
        return betas[t] * (1 - alphaBar(t - 1)) / (1 - alphaBar[t]);
    }

    /** Its logarithm, at t = 0, where the variance is 0, that of t = 1. */
    public double posteriorLogVariance(int t) {
        return Math.log(posteriorVariance(Math.max(t, 1)));
    }

    /** The weight of x_0 in the mean of q(x_(t-1) | x_t, x_0). */
    public double weightOfClean(int t) {
        return betas[t] * Math.sqrt(alphaBar(t - 1)) / (1 - alphaBar[t]);
    }

    /** The weight of x_t in it. */
    public double weightOfSample(int t) {
        return (1 - alphaBar(t - 1)) * Math.sqrt(1 - betas[t]) / (1 - alphaBar[t]);
    }

    /** q(x_t | x_0): sqrt(a_t) x_0 + sqrt(1 - a_t) noise, both of one shape. */
    public NDArray noised(NDArray clean, int t, NDArray noise) {
        return NativeOps.scale(clean, Math.sqrt(alphaBar[t])).add(NativeOps.scale(noise, Math.sqrt(1 - alphaBar[t])));
    }

    /**
     * What a network's answer says of x_(t-1), all (B, C, h, w).
     *
     * @param clean the predicted x_0, clipped to -1 .. 1
     * @param mean of x_(t-1)
     * @param logVariance of x_(t-1)
     */
    public record Predicted(NDArray clean, NDArray mean, NDArray logVariance) {}

    /**
     * p(x_(t-1) | x_t): with e and v the two halves of the answer,
     * <pre>
     *   x_0          = clip(sqrt(1 / a_t) x_t - sqrt(1 / a_t - 1) e, -1, 1)
     *   log variance = f log(beta_t) + (1 - f) log(posterior variance),    f = (v + 1) / 2
     * </pre>
     *
     * @param answer (B, 2 C, h, w)
     * @param x x_t, (B, C, h, w)
     */
    public Predicted predicted(NDArray answer, NDArray x, int t) {
        NDList halves = answer.split(2, 1);
        NDArray clean = clean(halves.get(0), x, t);
        NDArray mean = NativeOps.scale(clean, weightOfClean(t)).add(NativeOps.scale(x, weightOfSample(t)));
        NDArray share = Scalars.divide(Scalars.add(halves.get(1), 1), 2);
        NDArray logVariance = NativeOps.scale(share, Math.log(betas[t]))
                .add(NativeOps.scale(Scalars.add(NativeOps.scale(share, -1), 1), posteriorLogVariance(t)));
        return new Predicted(clean, mean, logVariance);
    }

    private NDArray clean(NDArray noise, NDArray x, int t) {
        NDArray clean = NativeOps.scale(x, Math.sqrt(1 / alphaBar[t]))
                .sub(NativeOps.scale(noise, Math.sqrt(1 / alphaBar[t] - 1)));
        return Scalars.clamp(clean, -1, 1);
    }

    /**
     * Ancestral sampling: x_(t-1) = mean + exp(log variance / 2) noise.
     *
     * @param noise standard normal, of the shape of x; not used at t = 0
     */
    public NDArray ancestral(NDArray answer, NDArray x, int t, NDArray noise) {
        Predicted p = predicted(answer, x, t);
        return t == 0 ? p.mean : p.mean.add(NativeOps.scale(p.logVariance, 0.5).exp().mul(noise));
    }

    /**
     * DDIM without noise (Song et al. 2021, equation 12): x_(t-1) = sqrt(a_(t-1)) x_0 + sqrt(1 - a_(t-1)) e, with the e that
     * leads to the clipped x_0. The answer's variance is not used.
     */
    public NDArray ddim(NDArray answer, NDArray x, int t) {
        NDArray clean = clean(answer.split(2, 1).get(0), x, t);
        NDArray noise = Scalars.divide(
                NativeOps.scale(x, Math.sqrt(1 / alphaBar[t])).sub(clean), (float) Math.sqrt(1 / alphaBar[t] - 1));
        float before = (float) alphaBar(t - 1);
        return NativeOps.scale(clean, Math.sqrt(before)).add(NativeOps.scale(noise, Math.sqrt(1 - before)));
    }
}
