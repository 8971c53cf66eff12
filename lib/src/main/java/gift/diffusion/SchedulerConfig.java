package gift.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a model says about its noise, from {@code scheduler_config.json} of a diffusers folder. Any rule can sample from
 * any model; null stands for the default of the rule in use.
 *
 * @param kind the model's own rule
 * @param numTrainTimesteps T, noising steps in training
 * @param betaStart variance added by the first noising step
 * @param betaEnd by the last
 * @param betaSchedule between them: scaled_linear (equal steps of the square root) or linear
 * @param stepsOffset added to the timesteps of PNDM, DDIM and DDPM; 1 for Stable Diffusion
 * @param clipSample whether DDIM and DDPM limit the predicted clean latent to -1..1; their default is yes, and Stable
 *     Diffusion says no
 * @param setAlphaToOne whether the step beyond timestep 0 arrives at alpha_bar = 1, else at alpha_bar(0); default yes
 *     for DDIM, no for PNDM
 * @param skipPrkSteps whether PNDM starts without Runge-Kutta steps; it must
 */
public record SchedulerConfig(
        SchedulerKind kind,
        int numTrainTimesteps,
        double betaStart,
        double betaEnd,
        String betaSchedule,
        int stepsOffset,
        Boolean clipSample,
        Boolean setAlphaToOne,
        boolean skipPrkSteps) {

    /** The defaults of diffusers. */
    static final SchedulerConfig DEFAULT =
            new SchedulerConfig(SchedulerKind.PNDM, 1000, 0.0001, 0.02, "linear", 0, null, null, false);

    /** Stable Diffusion v1.5. */
    public static final SchedulerConfig STABLE_DIFFUSION =
            new SchedulerConfig(SchedulerKind.PNDM, 1000, 0.00085, 0.012, "scaled_linear", 1, false, false, true);

    private static final String CLASS = "_class_name";
    private static final Set<String> KEYS = Set.of("num_train_timesteps", "beta_start", "beta_end", "beta_schedule",
            "steps_offset", "clip_sample", "set_alpha_to_one", "skip_prk_steps");

    /** Options that must be absent, null or as here. */
    private static final Map<String, String> ONLY = Map.ofEntries(
            Map.entry("trained_betas", "null"),
            Map.entry("prediction_type", "\"epsilon\""),
            Map.entry("thresholding", "false"),
            Map.entry("clip_sample_range", "1.0"),
            Map.entry("rescale_betas_zero_snr", "false"),
            Map.entry("variance_type", "\"fixed_small\""),
            Map.entry("solver_order", "2"),
            Map.entry("algorithm_type", "\"dpmsolver++\""),
            Map.entry("solver_type", "\"midpoint\""),
            Map.entry("lower_order_final", "true"),
            Map.entry("use_karras_sigmas", "false"));
    /** Options that matter only together with one that is refused. */
    private static final Set<String> IDLE =
            Set.of("_diffusers_version", "dynamic_thresholding_ratio", "sample_max_value", "lambda_min_clipped");

    public SchedulerConfig {
        require(numTrainTimesteps > 0, "num_train_timesteps " + numTrainTimesteps + " must be positive");
        require(betaStart > 0 && betaStart <= betaEnd && betaEnd < 1, "beta_start " + betaStart + " and beta_end " + betaEnd
                + " must rise between 0 and 1");
        require("scaled_linear".equals(betaSchedule) || "linear".equals(betaSchedule),
                "beta_schedule '" + betaSchedule + "' is not supported: scaled_linear or linear");
        require(stepsOffset == 0 || stepsOffset == 1, "steps_offset " + stepsOffset + " is not 0 or 1");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InputException("scheduler configuration: " + message);
        }
    }

    /**
     * Reads {@code scheduler_config.json}. Each rule spaces its timesteps in its default way, whatever the model's own
     * does.
     *
     * @throws InputException naming the file and an option that is unknown or not supported
     */
    public static SchedulerConfig read(Path file) {
        return of(file.toString(), Json.tree(file));
    }

    /** The configuration in a tree of diffusers' keys; {@code source} names its origin in messages. */
    public static SchedulerConfig of(String source, JsonNode tree) {
        if (!(tree instanceof ObjectNode)) {
            throw new InputException(source + ": a scheduler configuration is an object of settings");
        }
        ObjectNode known = tree.deepCopy();
        JsonNode className = known.remove(CLASS);
        SchedulerKind kind = className == null ? DEFAULT.kind : kind(source, className.asText());
        String spacing = kind == SchedulerKind.DPMSOLVER ? "linspace" : "leading";
        tree.properties().forEach(option -> {
            if (isIdle(source, option.getKey(), option.getValue(), spacing)) {
                known.remove(option.getKey());
            }
        });
        known.put("kind", kind.toString());
        return Json.with(source, known, SchedulerConfig.class, DEFAULT);
    }

    /** Whether an option may be left out, since it says what holds here anyway. */
    private static boolean isIdle(String source, String key, JsonNode value, String spacing) {
        if (KEYS.contains(key) || key.equals(CLASS)) {
            return false;
        }
        String only = key.equals("timestep_spacing") ? "\"" + spacing + "\"" : ONLY.get(key);
        if (only != null && !value.isNull() && !value.equals(Json.parse(key, only))
                && !(value.isNumber() && value.asText().equals(only))) {
            throw new InputException(source + ": " + key + " " + value + " is not supported, only " + only);
        }
        return only != null || IDLE.contains(key);
    }

    private static SchedulerKind kind(String source, String className) {
        try {
            return SchedulerKind.of(className);
        } catch (InputException e) {
            throw new InputException(source + ": " + e.getMessage(), e);
        }
    }

    /** The configuration under diffusers' keys, as {@code scheduler_config.json} holds it. */
    public String json() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put(CLASS, kind.className());
        keys.put("num_train_timesteps", numTrainTimesteps);
        keys.put("beta_start", betaStart);
        keys.put("beta_end", betaEnd);
        keys.put("beta_schedule", betaSchedule);
        keys.put("steps_offset", stepsOffset);
        keys.put("skip_prk_steps", skipPrkSteps);
        if (clipSample != null) {
            keys.put("clip_sample", clipSample);
        }
        if (setAlphaToOne != null) {
            keys.put("set_alpha_to_one", setAlphaToOne);
        }
        return Json.write(keys);
    }

    /** The noise that the model was trained with. */
    public NoiseSchedule noiseSchedule() {
        return betaSchedule.equals("linear")
                ? NoiseSchedule.linear(betaStart, betaEnd, numTrainTimesteps)
                : NoiseSchedule.scaledLinear(betaStart, betaEnd, numTrainTimesteps);
    }

    /** The model's own rule for a whole run. */
    public Scheduler create(int steps) {
        return create(kind, steps, steps, 0);
    }

    /**
     * A rule for one run.
     *
     * @param rule which
     * @param steps n, into how many the way from noise to picture is divided
     * @param kept how many of them are taken, the last ones; all for text to image
     * @param eta share of fresh noise in DDIM, 0 to 1
     * @throws InputException if the numbers do not fit
     */
    public Scheduler create(SchedulerKind rule, int steps, int kept, double eta) {
        if (steps < 1 || steps > numTrainTimesteps - stepsOffset) {
            throw new InputException("steps " + steps + " must be between 1 and " + (numTrainTimesteps - stepsOffset));
        }
        if (kept < 1 || kept > steps) {
            throw new InputException("of " + steps + " steps, " + kept + " cannot be taken");
        }
        if (!(eta >= 0 && eta <= 1) || eta > 0 && rule != SchedulerKind.DDIM) {
            throw new InputException("eta " + eta + " must be between 0 and 1, and is for ddim alone");
        }
        return switch (rule) {
            case PNDM -> new PndmScheduler(this, steps, kept);
            case DDIM -> new DdimScheduler(this, steps, kept, eta);
            case DPMSOLVER -> new DpmSolverScheduler(this, steps, kept);
            case DDPM -> new DdpmScheduler(this, steps, kept);
        };
    }

    /**
     * Timesteps in equal strides from 0 ("leading"): i (T / n) + offset for i = n - 1, ..., 0, of which the last
     * {@code kept}.
     */
    int[] leading(int steps, int kept) {
        int stride = numTrainTimesteps / steps;
        int[] timesteps = new int[kept];
        for (int i = 0; i < kept; i++) {
            timesteps[i] = (kept - 1 - i) * stride + stepsOffset;
        }
        return timesteps;
    }
}
