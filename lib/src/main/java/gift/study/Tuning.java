package gift.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.continual.Method;
import gift.eval.Metrics;
import gift.incremental.SeenAccuracy;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.sources.Sources;
import gift.study.StudyConfig.EvaluateOn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The search for the settings of every method of a study, each with the same number of trials, on an order of the tasks
 * and on seeds that the study does not report. Trials are evaluated on validation images, never on the test images that the
 * study reports.
 *
 * <p>It is an ordinary study whose methods are the trials, {@code gift.1}, {@code gift.2}, ...
 */
public final class Tuning {
    /**
     * @param about what it is for, in words
     * @param study the study whose methods are tuned, relative to the file
     * @param name of the study that the trials make up
     * @param tasks the order in which the trials learn
     * @param seeds of the trials
     * @param references sets in place of the study's, where they depend on the order
     * @param chooseBy the metric that decides: transfer, avg or last, mean over seeds
     * @param grids by method (of the study, or a known one that is to come into it), by setting ("penalty_weight",
     *     "training.learning_rate", ...), the values that are tried in all combinations, the first setting changing slowest
     * @param scenario in place of the study's, with another order of classes; null for the study's
     */
    record Config(String about, String study, String name, List<String> tasks, List<Long> seeds,
            Map<String, StudyConfig.Reference> references, String chooseBy,
            Map<String, Map<String, List<JsonNode>>> grids,
            @JsonInclude(JsonInclude.Include.NON_NULL) StudyConfig.Scenario scenario) {
        static final Config DEFAULT = new Config("", "", "tuning", List.of(), List.of(), Map.of(), "avg", Map.of(), null);

        Config {
            require(METRICS.contains(chooseBy), "choose_by '" + chooseBy + "'" + Json.nearest(chooseBy, METRICS));
        }
    }

    private static final List<String> METRICS = List.of("transfer", "avg", "last");

    /**
     * One combination of settings of one method.
     *
     * @param name in the study of the trials
     * @param changes what differs from the tuned study, by the names of the grid
     */
    public record Trial(String method, String name, Map<String, JsonNode> changes) {}

    /** What a trial came to: mean over seeds, percent. */
    public record Outcome(Trial trial, double transfer, double avg, double last, boolean chosen) {
        private double by(String metric) {
            return metric.equals("transfer") ? transfer : metric.equals("avg") ? avg : last;
        }
    }

    private final Config config;
    private final StudyConfig original; // the study whose methods are tuned
    private final StudyConfig study;    // of the trials
    private final List<Trial> trials = new ArrayList<>();

    /** @throws InputException if settings are wrong, or methods have different numbers of trials */
    public Tuning(Path file) {
        this(file, Overrides.NONE);
    }

    /** The same with other settings in place of some of the file's. */
    public Tuning(Path file, Overrides overrides) {
        this.config = Json.read(file, Config.class, Config.DEFAULT, overrides);
        require(!config.study.isEmpty(), "study is missing: the study whose methods are tuned");
        require(!config.tasks.isEmpty() && !config.seeds.isEmpty(), "tasks and seeds of the trials are missing");
        Path tuned = file.toAbsolutePath().resolveSibling(config.study).normalize();
        StudyConfig original = StudyConfig.read(tuned);
        boolean sameOrder = original.tasks().equals(config.tasks)
                && (config.scenario == null || config.scenario.equals(original.scenario()));
        require(!sameOrder || original.seeds().stream().noneMatch(config.seeds::contains),
                "order and seeds are among those that the study reports");
        config.grids.forEach((method, grid) -> {
            Set<String> known = new LinkedHashSet<>(original.methods().keySet());
            known.addAll(original.bases().keySet());
            require(known.contains(method), "no method '" + method + "' in " + tuned + Json.nearest(method, known));
            trials.addAll(trials(method, grid));
        });
        config.grids.keySet().forEach(method -> require(count(method) == count(trials.get(0).method), "method " + method
                + " has " + count(method) + " trials, " + trials.get(0).method + " " + count(trials.get(0).method)
                + ": every method gets as many"));
        this.original = original;
        this.study = study(tuned.getParent(), file.toAbsolutePath().getParent());
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "tuning: " + message);
    }

    private long count(String method) {
        return trials.stream().filter(trial -> trial.method.equals(method)).count();
    }

    /** All combinations of a grid. */
    private static List<Trial> trials(String method, Map<String, List<JsonNode>> grid) {
        List<Map<String, JsonNode>> combinations = new ArrayList<>(List.of(Map.of()));
        grid.forEach((setting, values) -> {
            List<Map<String, JsonNode>> longer = new ArrayList<>();
            for (Map<String, JsonNode> before : combinations) {
                for (JsonNode value : values) {
                    Map<String, JsonNode> one = new LinkedHashMap<>(before);
                    one.put(setting, value);
                    longer.add(one);
                }
            }
            combinations.clear();
            combinations.addAll(longer);
        });
        List<Trial> trials = new ArrayList<>();
        for (Map<String, JsonNode> one : combinations) {
            trials.add(new Trial(method, method + "." + (trials.size() + 1), one));
        }
        return trials;
    }

    /**
     * @param folder to which the study's paths are relative
     * @param own folder to which those of the tuning are
     */
    private StudyConfig study(Path folder, Path own) {
        Map<String, JsonNode> methods = new LinkedHashMap<>();
        for (Trial trial : trials) {
            ObjectNode settings = settings(trial);
            settings.putIfAbsent("base", Json.toTree(trial.method));
            String weights = settings.path("weights").asText("");
            if (!weights.isEmpty()) {
                settings.put("weights", absolute(folder, weights));
            }
            String teacher = settings.path("teacher").asText("");
            if (teacher.startsWith(Method.Teacher.FILE)) {
                settings.put("teacher", Method.Teacher.of(
                        absolute(folder, teacher.substring(Method.Teacher.FILE.length()))).toString());
            }
            methods.put(trial.name, settings);
        }
        Map<String, StudyConfig.Reference> references = new LinkedHashMap<>();
        original.references().forEach((name, r) -> references.put(name, absolute(folder, r)));
        config.references.forEach((name, r) -> references.put(name, absolute(own, r)));
        ObjectNode all = (ObjectNode) Json.toTree(original);
        all.put("evaluate_on", EvaluateOn.VALIDATION.toString());
        all.put("name", config.name);
        all.put("about", config.about);
        all.put("data", Sources.isFolder(original.data()) ? absolute(folder, original.data()) : original.data());
        all.put("model", absolute(folder, original.model()));
        all.put("vocabulary", absolute(folder, original.vocabulary()));
        all.set("tasks", Json.toTree(config.tasks));
        if (config.scenario != null) {
            all.set("scenario", Json.toTree(config.scenario));
        }
        all.set("seeds", Json.toTree(config.seeds));
        all.set("methods", Json.toTree(methods));
        all.set("references", Json.toTree(references));
        return Json.convert("the study of the trials", all, StudyConfig.class);
    }

    /** What the study says of the trial's method, with the trial's changes. */
    private ObjectNode settings(Trial trial) {
        JsonNode own = original.methods().get(trial.method);
        ObjectNode settings = own == null ? (ObjectNode) Json.parse(trial.method, "{}") : own.deepCopy();
        trial.changes.forEach((setting, value) -> set(settings, setting, value));
        return settings;
    }

    /** The settings of the chosen trials by method, as the study is to name them under "methods". */
    public Map<String, JsonNode> chosen(List<Outcome> outcomes) {
        Map<String, JsonNode> chosen = new LinkedHashMap<>();
        outcomes.stream().filter(Outcome::chosen).forEach(o -> chosen.put(o.trial.method, settings(o.trial)));
        return chosen;
    }

    /** "training.learning_rate" is a key within a key. */
    private static void set(ObjectNode settings, String setting, JsonNode value) {
        int dot = setting.indexOf('.');
        if (dot < 0) {
            settings.set(setting, value);
        } else {
            set(settings.withObjectProperty(setting.substring(0, dot)), setting.substring(dot + 1), value);
        }
    }

    private static StudyConfig.Reference absolute(Path folder, StudyConfig.Reference r) {
        return r.with(absolute(folder, r.set()), absolute(folder, r.plan()), absolute(folder, r.sentences()));
    }

    /** A path as it is seen from anywhere; what is no file or folder (the name of a data set) stays. */
    private static String absolute(Path folder, String path) {
        Path there = folder.resolve(path).normalize();
        return path.isEmpty() || !Files.exists(there) ? path : there.toString();
    }

    public List<Trial> trials() {
        return List.copyOf(trials);
    }

    /** The trials as a study, its paths absolute. */
    public StudyConfig study() {
        return study;
    }

    /**
     * What the trials came to, in their order; of each method the best is chosen, the first of equals.
     *
     * @param runs folder of all runs
     * @throws InputException if a trial is not finished
     */
    public List<Outcome> outcomes(Path runs) {
        List<Outcome> outcomes = new ArrayList<>();
        for (String method : config.grids.keySet()) {
            List<Outcome> own = trials.stream().filter(t -> t.method.equals(method)).map(t -> outcome(t, runs)).toList();
            Outcome best = own.stream().reduce((a, b) -> b.by(config.chooseBy) > a.by(config.chooseBy) ? b : a).orElseThrow();
            own.forEach(o -> outcomes.add(new Outcome(o.trial, o.transfer, o.avg, o.last, o == best)));
        }
        return outcomes;
    }

    private Outcome outcome(Trial trial, Path runs) {
        Path folder = runs.resolve(config.name).resolve(trial.name);
        List<Path> all = config.seeds.stream().map(seed -> folder.resolve(Long.toString(seed))).toList();
        List<Metrics> metrics = all.stream().map(run -> Metrics.of(new RunFolder(run, config.tasks).matrix())).toList();
        if (study.scenario() == null) {
            return new Outcome(trial, mean(metrics, Metrics::transfer), mean(metrics, Metrics::avg), mean(metrics, Metrics::last),
                    false);
        }
        List<List<SeenAccuracy>> seen = all.stream().map(run -> SeenAccuracy.ofRun(run)).toList();
        return new Outcome(trial, mean(metrics, Metrics::transfer), mean(seen, SeenAccuracy::average),
                mean(seen, SeenAccuracy::last), false);
    }

    private static <T> double mean(List<T> all, ToDoubleFunction<T> metric) {
        return all.stream().mapToDouble(metric).average().orElseThrow();
    }
}
