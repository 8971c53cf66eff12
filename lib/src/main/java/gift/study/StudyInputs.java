package gift.study;

import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.continual.GivenWeights;
import gift.data.DatasetSource;
import gift.data.PairDataset;
import gift.data.Task;
import gift.eval.FeatureCache;
import gift.io.InputException;
import gift.pretrain.Pretraining;
import gift.sources.Sources;
import gift.study.StudyConfig.EvaluateOn;
import gift.study.StudyConfig.Reference;
import gift.train.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a study reads before anything is computed: settings, data sets, the model and reference sets, with their checksums,
 * and the list of its runs.
 */
final class StudyInputs {
    private static final String REFERENCE = "reference "; // and its name, among the checksums

    private final StudyConfig config;
    private final List<StudyMethod> methods;
    private final Path folder;
    private final Path results;
    private final DatasetSource data;
    private final Path model; // weights, or a recipe
    private final Path dataFolder; // null unless given in place of the configured one
    private final Map<String, GivenWeights> given = new LinkedHashMap<>(); // by method
    private final Map<String, ReferenceSet> references = new LinkedHashMap<>(); // those that methods use
    private final List<Task> sets;  // opened; null unless their classes decide what runs learn
    private final StudyTasks tasks;

    /** One run before it begins. */
    record Run(String method, SequenceRun.Settings settings, GivenWeights given, RunFolder folder) {}

    /**
     * @param file the study's settings, or a configuration file of the published code ({@link PublishedConfig})
     * @param results folder of all runs; the study's own is below it
     * @throws InputException if settings are wrong, or data sets or model are not there
     */
    StudyInputs(Path file, Path results, StudyFile.Options options) {
        this.config = StudyFile.settings(file, options);
        this.methods = config.resolved(file.toString());
        this.folder = file.toAbsolutePath().normalize().getParent();
        this.results = results.resolve(config.name());
        this.dataFolder = options.data();
        Set<String> needed = new LinkedHashSet<>(config.tasks());
        needed.addAll(config.watched());
        DatasetSource published = Sources.of(folder, null, config.data(), needed);
        DatasetSource files = onValidation() ? published.forValidation() : published;
        this.data = config.cache().isEmpty() ? files : files.packed(cache());
        data.require(needed);
        this.model = data.beside(folder, config.model());
        if (!Files.exists(model)) {
            throw new InputException("no model " + data.places(folder, config.model())
                    + ": it is a pretraining recipe (.json), weights (.safetensors, .pt, .pth, .bin) or a folder with them");
        }
        this.sets = config.scenario() == null ? null : openTasks(config.tasks());
        this.tasks = StudyTasks.of(config, sets);
        for (StudyMethod method : methods) {
            given.put(method.name(), GivenWeights.of(method.method(), tasks.names(),
                    path -> data.beside(folder, path.toString())));
            if (method.method().usesReferenceSet()) {
                references.computeIfAbsent(method.method().reference(), name ->
                        new ReferenceSet(name, config.references().get(name), folder, tasks.names(), data));
            }
        }
    }

    StudyConfig config() {
        return config;
    }

    private boolean onValidation() {
        return config.evaluateOn() == EvaluateOn.VALIDATION;
    }

    /** The pretrained model's weights; made by its recipe if the configuration names one. */
    Path weights() {
        if (!model.toString().endsWith(".json")) {
            return model;
        }
        Pretraining pretraining = new Pretraining(model, dataFolder);
        pretraining.run(false);
        return pretraining.output();
    }

    /** Opens data sets; no image is looked at. */
    List<Task> openTasks(List<String> names) {
        return names.stream().map(data::openUnseen).toList();
    }

    /** @throws InputException if an image of a data set cannot be used */
    void inspect(Task task) {
        Stop.check();
        data.inspect(task);
    }

    /** The data sets that the study names as its tasks. */
    List<Task> sets() {
        return sets == null ? openTasks(config.tasks()) : sets;
    }

    /** What the runs learn of these {@link #sets}. */
    StudyTasks tasks(List<Task> opened) {
        return sets == null ? StudyTasks.of(config, opened) : tasks;
    }

    /** Of all that goes into a run, by name; of a plan only when all its images are there. */
    Map<String, String> checksums(Path weights, Tokenizer tokenizer, List<Task> tasks, List<Task> watched) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("initial_weights", ClipWeights.hash(weights));
        all.put("vocabulary", tokenizer.sha256());
        references.forEach((name, set) -> {
            if (set.unmade().isEmpty()) {
                all.put(REFERENCE + name, set.sha256());
            }
        });
        String evaluated = onValidation() ? "/validation" : "/test";
        for (Task task : tasks) {
            all.put(task.name() + "/train", DataLists.sha256(task.train(), data.path()));
            all.put(task.name() + evaluated, DataLists.sha256(task.test(), data.path()));
        }
        for (Task task : watched) {
            all.put(task.name() + evaluated, DataLists.sha256(task.test(), data.path()));
        }
        all.putAll(data.changes());
        Stream.concat(tasks.stream(), watched.stream()).map(Task::name).filter(name -> data.description(name) != null)
                .forEach(name -> all.put(name + "/data_sets.json", RunFolder.hash(data.description(name))));
        return all;
    }

    /** All methods and seeds. */
    List<Run> runs(Map<String, String> sha256) {
        List<Run> runs = new ArrayList<>();
        for (StudyMethod method : methods) {
            Reference reference = method.method().usesReferenceSet()
                    ? config.references().get(method.method().reference()) : null;
            Map<String, String> own = new LinkedHashMap<>(sha256);
            own.keySet().removeIf(key -> key.startsWith(REFERENCE)
                    && (reference == null || !key.equals(REFERENCE + method.method().reference())));
            own.putAll(given.get(method.name()).sha256(tasks.names()));
            for (long seed : config.seeds()) {
                runs.add(new Run(method.name(), new SequenceRun.Settings(GivenWeights.named(method.method()),
                        tasks.training(method.training()), seed,
                        config.tasks(), config.watched(), reference == null ? null : named(reference),
                        config.testImages(), config.testTemplates(), own, onValidation() ? EvaluateOn.VALIDATION : null,
                        config.scenario()), given.get(method.name()),
                        folder(method.name(), seed)));
            }
        }
        return runs;
    }

    /** Set and plan by their last names: where they lie decides nothing. */
    private static Reference named(Reference wanted) {
        return wanted.with(last(wanted.set()), last(wanted.plan()), last(wanted.sentences()));
    }

    private static String last(String path) {
        return path.isEmpty() ? "" : Path.of(path).getFileName().toString();
    }

    private RunFolder folder(String method, long seed) {
        return new RunFolder(results.resolve(method).resolve(Long.toString(seed)), tasks.names());
    }

    /** Whether all runs were brought to their end. */
    boolean finished() {
        return methods.stream().allMatch(method -> config.seeds().stream().allMatch(seed ->
                folder(method.name(), seed).finished()));
    }

    /**
     * Looks at the settings of runs that are there, without running anything. The images of a plan that are not there any
     * more are not compared.
     *
     * @param wanted whether a run of a method with a seed is meant
     * @throws InputException if one is of other settings, data or weights than this study, or an input is missing
     */
    void requireSameSettings(BiPredicate<String, Long> wanted) {
        Map<String, String> sha256 = checksums();
        Set<String> unknown = references.keySet().stream().map(name -> REFERENCE + name)
                .filter(key -> !sha256.containsKey(key)).collect(Collectors.toSet());
        runs(sha256).stream().filter(run -> wanted.test(run.method, run.settings.seed()))
                .forEach(run -> run.folder.holds(run.settings, unknown));
    }

    /** Of each run the hash that its settings would have now, by its method and seed as in "gift/1". */
    Map<String, String> settingsHashes() {
        return runs(checksums()).stream().collect(Collectors.toMap(run -> run.method + "/" + run.settings.seed(),
                run -> RunFolder.hash(run.settings)));
    }

    private Map<String, String> checksums() {
        checkReferences();
        Path weights = weights();
        return checksums(weights, tokenizer(weights), sets(), openTasks(config.watched()));
    }

    /** Each set, and each plan once: it is compared with the weights that drew its images, which are large. */
    void checkReferences() {
        references.values().forEach(ReferenceSet::check);
        Set<Path> plans = new HashSet<>();
        references.values().stream().filter(set -> plans.add(set.plan())).forEach(ReferenceSet::requireSamePlan);
    }

    /** Plans of reference sets that methods use and of which images are missing. */
    List<Path> unmadePlans() {
        return references.values().stream().flatMap(set -> set.unmade().stream()).distinct().toList();
    }

    /** Of every reference set the pairs of each task, read and inspected. */
    Map<String, List<PairDataset>> pairs() {
        Map<String, List<PairDataset>> pairs = new LinkedHashMap<>();
        references.forEach((name, set) -> pairs.put(name, set.read()));
        return pairs;
    }

    /** Of every reference set the sentences in place of the images' own texts; none for most. */
    Map<String, List<String>> sentences() {
        Map<String, List<String>> sentences = new LinkedHashMap<>();
        references.forEach((name, set) -> sentences.put(name, set.sentences()));
        return sentences;
    }

    /** The tokenizer of the model whose weights these are. */
    Tokenizer tokenizer(Path weights) {
        return Tokenizer.load(StudyFile.vocabulary(config, folder, weights));
    }

    /** Draws the images of plans that are missing. */
    void makeReferences() {
        references.values().forEach(ReferenceSet::make);
    }

    /** Refuses packed images of another size than the model sees. */
    void requireResolution(int resolution) {
        data.requireResolution(resolution);
    }

    /** The features that are known of earlier runs: where the study names no cache, of those of this process. */
    FeatureCache features() {
        return config.cache().isEmpty() ? FeatureCache.inMemory() : FeatureCache.in(cache());
    }

    private Path cache() {
        return folder.resolve(config.cache()).normalize();
    }
}
