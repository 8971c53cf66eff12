package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonValue;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import java.util.Arrays;
import java.util.Locale;

/**
 * What a model was trained to answer, given a noised latent x = alpha x_0 + sigma e with alpha^2 + sigma^2 = 1, where
 * x_0 is the clean latent and e the noise. {@code prediction_type} in diffusers.
 */
public enum Prediction {
    /** The noise e. */
    EPSILON,
    /** The clean latent x_0. */
    SAMPLE,
    /** The velocity v = alpha e - sigma x_0 (Salimans and Ho 2022). */
    V_PREDICTION;

    /**
     * The clean latent that an answer stands for:
     * <pre>
     *   x_0 = (x - sigma answer) / alpha        noise
     *   x_0 = answer                            clean latent
     *   x_0 = alpha x - sigma answer            velocity
     * </pre>
     *
     * @param answer of the model, (B, C, h, w)
     * @param x noised latent, (B, C, h, w)
     * @param alpha share of the clean latent in x; above 0 for a model that answers with the noise
     * @param sigma share of the noise in x
     * @return (B, C, h, w)
     */
    NDArray clean(NDArray answer, NDArray x, double alpha, double sigma) {
        return switch (this) {
            case EPSILON -> Scalars.divide(x.sub(NativeOps.scale(answer, sigma)), alpha);
            case SAMPLE -> answer;
            case V_PREDICTION -> NativeOps.scale(x, alpha).sub(NativeOps.scale(answer, sigma));
        };
    }

    /**
     * The noise that an answer stands for:
     * <pre>
     *   e = answer                              noise
     *   e = (x - alpha answer) / sigma          clean latent
     *   e = alpha answer + sigma x              velocity
     * </pre>
     *
     * @param answer of the model, (B, C, h, w)
     * @param x noised latent, (B, C, h, w)
     * @param alpha share of the clean latent in x
     * @param sigma share of the noise in x, above 0
     * @return (B, C, h, w)
     */
    NDArray noise(NDArray answer, NDArray x, double alpha, double sigma) {
        return switch (this) {
            case EPSILON -> answer;
            case SAMPLE -> Scalars.divide(x.sub(NativeOps.scale(answer, alpha)), sigma);
            case V_PREDICTION -> NativeOps.scale(answer, alpha).add(NativeOps.scale(x, sigma));
        };
    }

    /** Its name in diffusers' settings: epsilon, sample, v_prediction. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InputException for an unknown name */
    static Prediction of(String name) {
        return Arrays.stream(values()).filter(one -> one.toString().equals(name)).findFirst()
                .orElseThrow(() -> new InputException("scheduler configuration: prediction_type '" + name
                        + "' is not supported" + Json.nearest(name, Arrays.stream(values()).map(Prediction::toString).toList())));
    }
}
