package gift.diffusion.schedulers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sorts the options of {@code scheduler_config.json}: those of the noise are applied or refused, those of the model's own
 * rule are applied, or kept as the reason why that rule cannot be used.
 */
final class SchedulerOptions {
    /** Options of the noise or of the model that must be absent, null or as here. */
    private static final Map<String, String> ONLY_NOISE = Map.of(
            "trained_betas", "null",
            "use_flow_sigmas", "false",
            "timestep_type", "\"discrete\"");

    /** Options of a rule that must be absent, null or as here, for the rule to be used. */
    private static final Map<String, String> ONLY_RULE = Map.ofEntries(
            Map.entry("thresholding", "false"),
            Map.entry("clip_sample_range", "1.0"),
            Map.entry("variance_type", "\"fixed_small\""),
            Map.entry("solver_order", "2"),
            Map.entry("algorithm_type", "\"dpmsolver++\""),
            Map.entry("solver_type", "\"midpoint\""),
            Map.entry("lambda_min_clipped", "-Infinity"),
            Map.entry("interpolation_type", "\"linear\""),
            Map.entry("sigma_min", "null"),
            Map.entry("sigma_max", "null"),
            Map.entry("use_exponential_sigmas", "false"),
            Map.entry("use_beta_sigmas", "false"),
            Map.entry("use_lu_lambdas", "false"),
            Map.entry("use_dynamic_shifting", "false"));

    /** Options that matter only together with one that is refused. */
    private static final Set<String> IDLE =
            Set.of("dynamic_thresholding_ratio", "sample_max_value", "flow_shift", "time_shift_type");

    /** Options of a rule that hold for other rules as well. */
    private static final List<String> SHARED = List.of("steps_offset", "clip_sample", "set_alpha_to_one", "skip_prk_steps");

    /** How names begin that say something about the noise. */
    private static final String ABOUT_NOISE = "(beta|num_train|prediction|rescale|snr|trained).*";

    private final String source;
    private final String className;
    private final ObjectNode noise = JsonNodeFactory.instance.objectNode();
    private final ObjectNode rule = JsonNodeFactory.instance.objectNode();
    private String fault;

    private SchedulerOptions(String source, String className) {
        this.source = source;
        this.className = className;
    }

    static SchedulerConfig read(String source, ObjectNode options) {
        String className = options.path(SchedulerConfig.CLASS).asText(SchedulerKind.PNDM.className());
        SchedulerOptions sorted = new SchedulerOptions(source, className);
        if (SchedulerKind.find(className) == null) {
            sorted.fault("scheduler '" + className + "' is not supported");
            sorted.requireBetas(options);
        }
        options.properties().forEach(option -> sorted.sort(option.getKey(), option.getValue()));
        NoiseConfig noise = Json.with(source, sorted.noise, NoiseConfig.class, NoiseConfig.DEFAULT);
        return new SchedulerConfig(className, noise, sorted.rule(), sorted.fault);
    }

    /** Of a class that is not known, the defaults are not known either. */
    private void requireBetas(ObjectNode options) {
        for (String key : List.of("num_train_timesteps", "beta_start", "beta_end", "beta_schedule")) {
            if (!options.hasNonNull(key)) {
                throw new InputException(source + ": scheduler '" + className + "' is not supported, and without " + key
                        + " its noise is not known either: take a model with a noise schedule of betas");
            }
        }
    }

    private void sort(String key, JsonNode value) {
        if (value.isNull() || key.startsWith("_") || IDLE.contains(key)) {
            return; // null stands for the default
        }
        if (NoiseConfig.KEYS.contains(key)) {
            noise.set(key, value);
        } else if (RuleConfig.KEYS.contains(key)) {
            rule.set(key, value);
        } else if (ONLY_NOISE.containsKey(key)) {
            String unfit = unfit(key, value, ONLY_NOISE.get(key));
            if (unfit != null) {
                throw new InputException(source + ": " + unfit);
            }
        } else if (ONLY_RULE.containsKey(key)) {
            fault(unfit(key, value, ONLY_RULE.get(key)));
        } else {
            List<String> known = Stream.of(NoiseConfig.KEYS, RuleConfig.KEYS).flatMap(List::stream).toList();
            String unknown = "unknown key '" + key + "'" + Json.nearest(key, known);
            if (key.matches(ABOUT_NOISE)) {
                throw new InputException(source + ": " + unknown);
            }
            fault(unknown);
        }
    }

    private static String unfit(String key, JsonNode value, String only) {
        JsonNode expected = Json.parsePython(key, only);
        boolean equal = value.isNumber() && expected.isNumber()
                ? value.asDouble() == expected.asDouble() : value.equals(expected);
        return equal ? null : key + " " + value + " is not supported, only " + only;
    }

    /** The first fault is the one that is told. */
    private void fault(String what) {
        if (fault == null && what != null) {
            fault = source + ": " + what;
        }
    }

    private RuleConfig rule() {
        try {
            return Json.with(source, rule, RuleConfig.class, RuleConfig.DEFAULT);
        } catch (InputException e) {
            if (fault == null) {
                fault = e.getMessage();
            }
            return Json.with(source, rule.retain(SHARED), RuleConfig.class, RuleConfig.DEFAULT);
        }
    }
}
