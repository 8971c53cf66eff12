package gift.diffusion.schedulers;

import com.fasterxml.jackson.annotation.JsonInclude;
import gift.io.InputException;
import java.util.List;

/**
 * How a model's own rule takes its steps: the rest of {@code scheduler_config.json}. Null stands for the default of the
 * rule in use.
 *
 * @param stepsOffset added to the timesteps where their spacing is leading; 1 for Stable Diffusion
 * @param clipSample whether DDIM and DDPM limit the predicted clean latent to -1..1; their default is yes, and Stable
 *     Diffusion says no
 * @param setAlphaToOne whether the step beyond timestep 0 arrives at alpha_bar = 1, else at alpha_bar(0); default yes
 *     for DDIM, no for PNDM
 * @param skipPrkSteps whether PNDM starts without Runge-Kutta steps; it must
 * @param timestepSpacing leading, trailing or linspace; default linspace for DPM-Solver++ and Euler, else leading
 * @param useKarrasSigmas whether DPM-Solver++ and Euler take the noise levels of Karras et al. (2022)
 * @param finalSigmasType where the last step of DPM-Solver++ and Euler arrives: zero for no noise, sigma_min for that of
 *     timestep 0; default zero for Euler, and sigma_min for DPM-Solver++, as it was before diffusers had this setting
 * @param eulerAtFinal whether the last step of DPM-Solver++ is of first order
 * @param lowerOrderFinal whether it is so where there are fewer than 15 steps; default yes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RuleConfig(int stepsOffset, Boolean clipSample, Boolean setAlphaToOne, boolean skipPrkSteps,
        String timestepSpacing, Boolean useKarrasSigmas, String finalSigmasType, Boolean eulerAtFinal,
        Boolean lowerOrderFinal) {

    /** The defaults of diffusers. */
    static final RuleConfig DEFAULT = new RuleConfig(0, null, null, false, null, null, null, null, null);

    /** Stable Diffusion v1.5. */
    static final RuleConfig STABLE_DIFFUSION = new RuleConfig(1, false, false, true, null, null, null, null, null);

    /** Its names in diffusers. */
    static final List<String> KEYS = List.of("steps_offset", "clip_sample", "set_alpha_to_one", "skip_prk_steps",
            "timestep_spacing", "use_karras_sigmas", "final_sigmas_type", "euler_at_final", "lower_order_final");

    static final String ZERO = "zero";
    static final String SIGMA_MIN = "sigma_min";

    public RuleConfig {
        require(stepsOffset >= 0, "steps_offset " + stepsOffset + " is below 0");
        if (timestepSpacing != null) {
            TimestepSpacing.of(timestepSpacing);
        }
        require(finalSigmasType == null || finalSigmasType.equals(ZERO) || finalSigmasType.equals(SIGMA_MIN),
                "final_sigmas_type '" + finalSigmasType + "' is not supported: zero or sigma_min");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InputException("scheduler configuration: " + message);
        }
    }

    /** What another rule takes over from this one: all that is said of timesteps and of the predicted latent. */
    RuleConfig forAnother() {
        String spacing = TimestepSpacing.TRAILING.toString().equals(timestepSpacing) ? timestepSpacing : null;
        return new RuleConfig(stepsOffset, clipSample, setAlphaToOne, skipPrkSteps, spacing, null, null, null, null);
    }

    TimestepSpacing spacing(TimestepSpacing otherwise) {
        return timestepSpacing == null ? otherwise : TimestepSpacing.of(timestepSpacing);
    }

    boolean karras() {
        return Boolean.TRUE.equals(useKarrasSigmas);
    }

    /** Whether the last step arrives at no noise at all. */
    boolean endsAtZero(String otherwise) {
        return ZERO.equals(finalSigmasType == null ? otherwise : finalSigmasType);
    }
}
