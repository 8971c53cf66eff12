package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * How much of an image is left after t of T noising steps (Ho et al. 2020).
 *
 * <p>alpha_bar(t) = (1 - beta_0) (1 - beta_1) ... (1 - beta_t); the noised latent is
 * x_t = sqrt(alpha_bar(t)) x_0 + sqrt(1 - alpha_bar(t)) noise.
 */
public final class NoiseSchedule {
    private final float[] alphaBar; // fp32, as diffusers holds it

    private NoiseSchedule(float[] alphaBar) {
        this.alphaBar = alphaBar;
    }

    /** Betas in T equal steps from {@code start} to {@code end}. */
    static NoiseSchedule linear(double start, double end, int steps) {
        return ofBetas(line((float) start, (float) end, steps));
    }

    /** Betas whose square roots are in T equal steps: the schedule of Stable Diffusion. */
    static NoiseSchedule scaledLinear(double start, double end, int steps) {
        float[] betas = line((float) Math.sqrt(start), (float) Math.sqrt(end), steps);
        for (int t = 0; t < steps; t++) {
            betas[t] *= betas[t];
        }
        return ofBetas(betas);
    }

    /**
     * The schedule rescaled so that nothing of the image is left at timestep T - 1 (Lin et al. 2024, "Common Diffusion
     * Noise Schedules and Sample Steps are Flawed", algorithm 1). With r(t) = sqrt(alpha_bar(t)),
     * <pre>
     *   r'(t) = (r(t) - r(T - 1)) r(0) / (r(0) - r(T - 1)).
     * </pre>
     */
    NoiseSchedule withZeroSnr() {
        float[] roots = new float[alphaBar.length];
        for (int t = 0; t < roots.length; t++) {
            roots[t] = (float) Math.sqrt(alphaBar[t]);
        }
        float last = roots[roots.length - 1];
        float scale = roots[0] / (roots[0] - last);
        float[] betas = new float[roots.length];
        float before = 1;
        for (int t = 0; t < roots.length; t++) {
            float root = (roots[t] - last) * scale;
            betas[t] = 1 - root * root / before; // by way of the betas, as diffusers does, for equal last bits
            before = root * root;
        }
        return ofBetas(betas);
    }

    /**
     * The schedule with 2^-24 in place of an alpha_bar of 0 at timestep T - 1, for rules that divide by it; the number is
     * diffusers', the least above 0 in half precision.
     */
    NoiseSchedule withoutZero() {
        if (alphaBar[alphaBar.length - 1] > 0) {
            return this;
        }
        float[] above = alphaBar.clone();
        above[above.length - 1] = 0x1p-24f;
        return new NoiseSchedule(above);
    }

    private static NoiseSchedule ofBetas(float[] betas) {
        float[] alphaBar = new float[betas.length];
        double product = 1; // PyTorch multiplies up in double precision, too
        for (int t = 0; t < betas.length; t++) {
            product *= 1f - betas[t];
            alphaBar[t] = (float) product;
        }
        return new NoiseSchedule(alphaBar);
    }

    /** Like {@code torch.linspace}: from both ends to the middle, in fp32. */
    private static float[] line(float start, float end, int steps) {
        float[] values = new float[steps];
        float step = steps == 1 ? 0 : (end - start) / (steps - 1);
        for (int i = 0; i < steps; i++) {
            values[i] = i < steps / 2 ? start + step * i : end - step * (steps - 1 - i);
        }
        return values;
    }

    /** T, the number of noising steps in training. */
    public int length() {
        return alphaBar.length;
    }

    /** The share of the clean latent in the variance at timestep t, 0 &lt;= t &lt; T. */
    public double alphaBar(int t) {
        return alphaBar[t];
    }

    /**
     * x_t = sqrt(alpha_bar(t)) x_0 + sqrt(1 - alpha_bar(t)) noise.
     *
     * @param clean x_0, (B, ...)
     * @param noise standard normal, of the same shape
     * @param timesteps one for all rows, or one for each of the B
     * @return (B, ...)
     */
    public NDArray addNoise(NDArray clean, NDArray noise, int... timesteps) {
        int b = Math.toIntExact(clean.getShape().get(0));
        if (timesteps.length != 1 && timesteps.length != b) {
            throw new IllegalArgumentException(timesteps.length + " timesteps for " + b + " rows");
        }
        return addNoise(clean, noise, clean.getManager().create(factors(timesteps), new Shape(2, timesteps.length)));
    }

    /** sqrt(alpha_bar(t)) of each of n timesteps, then sqrt(1 - alpha_bar(t)) of each: (2, n), flat. */
    public float[] factors(int... timesteps) {
        int n = timesteps.length;
        float[] factors = new float[2 * n];
        for (int i = 0; i < n; i++) {
            factors[i] = (float) Math.sqrt(alphaBar(timesteps[i]));
            factors[n + i] = (float) Math.sqrt(1 - alphaBar(timesteps[i]));
        }
        return factors;
    }

    /** {@link #addNoise(NDArray, NDArray, int...)} by {@link #factors} on the device, (2, B) or (2, 1). */
    public NDArray addNoise(NDArray clean, NDArray noise, NDArray factors) {
        long[] rows = new long[clean.getShape().dimension()];
        Arrays.fill(rows, 1);
        rows[0] = factors.getShape().get(1);
        Shape each = new Shape(rows);
        return clean.mul(factors.get(0).reshape(each)).add(noise.mul(factors.get(1).reshape(each)));
    }
}
