package gift.diffusion.schedulers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model says about its noise, from {@code scheduler_config.json} of a diffusers folder. Any rule can sample from
 * any model: of a rule that is not the model's own, only the noise that it was trained with is needed.
 *
 * @param className the model's own rule, by the name of its class in diffusers
 * @param noise what the model was trained with
 * @param rule how its own rule takes its steps
 * @param fault what keeps its own rule from being used, in one line; null for nothing
 */
public record SchedulerConfig(String className, NoiseConfig noise, RuleConfig rule, String fault) {
    /** Stable Diffusion v1.5. */
    public static final SchedulerConfig STABLE_DIFFUSION = new SchedulerConfig(
            SchedulerKind.PNDM.className(), NoiseConfig.STABLE_DIFFUSION, RuleConfig.STABLE_DIFFUSION, null);

    static final String CLASS = "_class_name";

    /**
     * Reads {@code scheduler_config.json}, as diffusers has saved it until today.
     *
     * @throws InputException naming the file and an option of the noise that is unknown or not supported
     */
    public static SchedulerConfig read(Path file) {
        return of(file.toString(), Json.pythonTree(file));
    }

    /**
     * The configuration in a tree of diffusers' keys; {@code source} names its origin in messages.
     *
     * @throws InputException as {@link #read}
     */
    public static SchedulerConfig of(String source, JsonNode tree) {
        if (!(tree instanceof ObjectNode options)) {
            throw new InputException(source + ": a scheduler configuration is an object of settings");
        }
        return SchedulerOptions.read(source, options);
    }

    /** The model's own rule; null if it is none of those here. */
    public SchedulerKind kind() {
        return SchedulerKind.find(className);
    }

    /** The configuration under diffusers' keys, as {@code scheduler_config.json} holds it. */
    public String json() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put(CLASS, className);
        Json.toTree(noise).properties().forEach(key -> keys.put(key.getKey(), key.getValue()));
        Json.toTree(rule).properties().forEach(key -> keys.put(key.getKey(), key.getValue()));
        return Json.write(keys);
    }

    /** The noise that the model was trained with. */
    public NoiseSchedule noiseSchedule() {
        return noise.schedule();
    }

    /** The model's own rule for a whole run. */
    public Scheduler create(int steps) {
        return create(kind(), steps, steps, 0);
    }

    /**
     * A rule for one run.
     *
     * @param kind which; null for the model's own
     * @param steps n, into how many the way from noise to image is divided
     * @param kept how many of them are taken, the last ones; all for text to image
     * @param eta share of fresh noise in DDIM, 0 to 1
     * @throws InputException if the numbers do not fit, or the model's own rule cannot be used
     */
    public Scheduler create(SchedulerKind kind, int steps, int kept, double eta) {
        boolean own = kind == null || kind == kind();
        if (own && fault != null) {
            throw new InputException(fault + ": let the sampling name another scheduler");
        }
        int most = noise.numTrainTimesteps() - rule.stepsOffset();
        if (steps < 1 || steps > most) {
            throw new InputException("steps " + steps + " must be between 1 and " + most);
        }
        if (kept < 1 || kept > steps) {
            throw new InputException("of " + steps + " steps, " + kept + " cannot be taken");
        }
        if (!(eta >= 0 && eta <= 1) || eta > 0 && kind != SchedulerKind.DDIM) {
            throw new InputException("eta " + eta + " must be between 0 and 1, and is for ddim alone");
        }
        RuleConfig options = own ? rule : rule.forAnother();
        Scheduler scheduler = switch (kind == null ? kind() : kind) {
            case PNDM -> new PndmScheduler(noise, options, steps, kept);
            case DDIM -> new DdimScheduler(noise, options, steps, kept, eta);
            case DPMSOLVER -> new DpmSolverScheduler(noise, options, steps, kept);
            case DDPM -> new DdpmScheduler(noise, options, steps, kept);
            case EULER -> new EulerScheduler(noise, options, steps, kept);
        };
        requireSignal(scheduler);
        return scheduler;
    }

    /** At an alpha_bar of 0 only the velocity or the clean latent says anything, and PNDM divides by it. */
    private void requireSignal(Scheduler scheduler) {
        boolean divides = scheduler instanceof PndmScheduler || noise.prediction() == Prediction.EPSILON;
        int first = scheduler.timesteps()[0];
        if (divides && scheduler.noiseSchedule().alphaBar(first) == 0) {
            throw new InputException("at timestep " + first + " nothing of the image is left (rescale_betas_zero_snr), from"
                    + " which this scheduler cannot start with prediction_type " + noise.predictionType()
                    + ": take dpmsolver or euler");
        }
    }
}
