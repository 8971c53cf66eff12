package gift.diffusion.schedulers;

import java.util.Arrays;

/**
 * Noise in units of the clean latent, sigma(t) = sqrt((1 - alpha_bar(t)) / alpha_bar(t)), and the way back from a sigma
 * to its timestep. Rises with t; held in fp32, as diffusers holds it.
 */
final class Sigmas {
    private static final double RHO = 7;          // Karras et al. 2022, section 3
    private static final double LEAST = 1e-10;    // of which a logarithm is taken

    private final float[] values;
    private final float[] logarithms;

    /** @param noise a schedule whose alpha_bar is above 0 everywhere ({@link NoiseSchedule#withoutZero}) */
    Sigmas(NoiseSchedule noise) {
        values = new float[noise.length()];
        logarithms = new float[values.length];
        for (int t = 0; t < values.length; t++) {
            float alphaBar = (float) noise.alphaBar(t);
            values[t] = (float) Math.sqrt((1 - alphaBar) / alphaBar);
            logarithms[t] = (float) Math.log(values[t]);
        }
    }

    /** sigma(t), between two timesteps on the straight line. */
    double at(double t) {
        int below = Math.min((int) t, values.length - 2);
        double slope = (double) values[below + 1] - values[below];
        return t == below ? values[below] : slope * (t - below) + values[below];
    }

    /** That of the first timestep, the least. */
    double first() {
        return values[0];
    }

    /** That of the last timestep, the largest. */
    double last() {
        return values[values.length - 1];
    }

    /**
     * Falling sigmas whose seventh roots are in equal steps (Karras et al. 2022, "Elucidating the Design Space of
     * Diffusion-Based Generative Models", equation 5):
     * <pre>
     *   sigma_i = (most^(1/7) + i / (n - 1) (least^(1/7) - most^(1/7)))^7        i = 0, ..., n - 1
     * </pre>
     */
    static double[] karras(double most, double least, int n) {
        double from = Math.pow(most, 1 / RHO);
        double to = Math.pow(least, 1 / RHO);
        double[] sigmas = new double[n];
        Arrays.setAll(sigmas, i -> Math.pow(from + (n == 1 ? 0 : i / (double) (n - 1)) * (to - from), RHO));
        return sigmas;
    }

    /** The timestep of a sigma, a fraction where it lies between two: interpolated over ln(sigma), within 0..T - 1. */
    double timestep(double sigma) {
        double log = Math.log(Math.max(sigma, LEAST));
        int low = 0;
        while (low < logarithms.length - 2 && logarithms[low + 1] <= log) {
            low++;
        }
        double w = (logarithms[low] - log) / (logarithms[low] - logarithms[low + 1]);
        w = Math.min(Math.max(w, 0), 1);
        return (1 - w) * low + w * (low + 1);
    }
}
