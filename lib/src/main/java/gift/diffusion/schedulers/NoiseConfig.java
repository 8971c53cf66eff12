package gift.diffusion.schedulers;

import gift.io.InputException;
import java.util.List;

/**
 * The noise that a model was trained with and what it answers: the part of {@code scheduler_config.json} that every rule
 * needs.
 *
 * @param numTrainTimesteps T, noising steps in training
 * @param betaStart variance added by the first noising step
 * @param betaEnd by the last
 * @param betaSchedule between them: scaled_linear (equal steps of the square root) or linear
 * @param rescaleBetasZeroSnr whether the schedule is rescaled so that nothing of the image is left at timestep T - 1
 * @param predictionType what the model answers: epsilon, sample or v_prediction
 */
public record NoiseConfig(int numTrainTimesteps, double betaStart, double betaEnd, String betaSchedule,
        boolean rescaleBetasZeroSnr, String predictionType) {

    /** The defaults of diffusers. */
    static final NoiseConfig DEFAULT = new NoiseConfig(1000, 0.0001, 0.02, "linear", false, "epsilon");

    /** Stable Diffusion v1.5. */
    static final NoiseConfig STABLE_DIFFUSION = new NoiseConfig(1000, 0.00085, 0.012, "scaled_linear", false, "epsilon");

    /** Its names in diffusers. */
    static final List<String> KEYS = List.of("num_train_timesteps", "beta_start", "beta_end", "beta_schedule",
            "rescale_betas_zero_snr", "prediction_type");

    public NoiseConfig {
        require(numTrainTimesteps > 0, "num_train_timesteps " + numTrainTimesteps + " must be positive");
        require(betaStart > 0 && betaStart <= betaEnd && betaEnd < 1, "beta_start " + betaStart + " and beta_end " + betaEnd
                + " must rise between 0 and 1");
        require("scaled_linear".equals(betaSchedule) || "linear".equals(betaSchedule),
                "beta_schedule '" + betaSchedule + "' is not supported: scaled_linear or linear");
        require(!rescaleBetasZeroSnr || numTrainTimesteps > 1 && betaStart < betaEnd,
                "rescale_betas_zero_snr needs two noising steps or more, and betas that rise");
        Prediction.of(predictionType);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InputException("scheduler configuration: " + message);
        }
    }

    /** What the model answers. */
    Prediction prediction() {
        return Prediction.of(predictionType);
    }

    /** How much of an image is left at each timestep. */
    NoiseSchedule schedule() {
        NoiseSchedule schedule = betaSchedule.equals("linear")
                ? NoiseSchedule.linear(betaStart, betaEnd, numTrainTimesteps)
                : NoiseSchedule.scaledLinear(betaStart, betaEnd, numTrainTimesteps);
        return rescaleBetasZeroSnr ? schedule.withZeroSnr() : schedule;
    }
}
