package gift.study;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.DatasetSource;
import gift.data.Inspection;
import gift.data.PairDataset;
import gift.data.Task;
import gift.data.source.Sources;
import gift.eval.AccuracyMatrix;
import gift.eval.Evaluation;
import gift.eval.FeatureCache;
import gift.eval.Metrics;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.pretrain.Pretraining;
import gift.results.StudyRuns;
import gift.study.StudyConfig.Reference;
import gift.tensor.Devices;
import gift.train.Environment;
import gift.train.FolderLock;
import gift.train.Phases;
import gift.train.Progress;
import gift.train.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs all methods and seeds of a study, one after the other, and tells of each when it is finished. */
public final class Study {
    /** Bytes of the pictures of one data set that a run keeps in memory. */
    public static final long PICTURES_KEPT = SequenceRun.CACHE;

    private static final String REFERENCE = "reference "; // and its name, among the checksums

    private final StudyConfig config;
    private final List<StudyMethod> methods;
    private final Path folder;
    private final Path results;
    private final DatasetSource data;
    private final Path model; // weights, or a recipe
    private final Path dataFolder; // null unless given in place of the configured one
    private final Map<String, ReferenceSet> references = new LinkedHashMap<>(); // those that methods use
    private final Phases phases = new Phases();

    /**
     * What the user says besides the study's file; null or empty leaves it to the file.
     *
     * @param data folder of the data sets
     * @param cache folder of packed pictures and features
     * @param model weights or a pretraining recipe
     * @param reference set of the reference pairs
     * @param device auto, cpu, gpu0, ...
     * @param methods only these
     * @param seeds only these
     */
    public record Options(Path data, Path cache, Path model, Path reference, String device, List<String> methods,
            List<Long> seeds) {
        public static final Options NONE = new Options(null, null, null, null, null, List.of(), List.of());
    }

    /**
     * A finished run.
     *
     * @param seconds that it took, all sessions together
     * @param earlier whether it was there already
     */
    public record Result(
            String method, long seed, AccuracyMatrix matrix, Path folder, double seconds, boolean earlier) {

        /** Of a finished run, whoever finished it. */
        public static Result of(String method, long seed, RunFolder folder, boolean earlier) {
            return new Result(method, seed, folder.matrix(), folder.path(),
                    Provenance.read(folder.provenance()).wallSeconds(), earlier);
        }

        /** "gift seed 1: Transfer 50.00, Avg 60.00, Last 70.00; 52.3 s"; "-" for a number that does not exist. */
        public String line() {
            Metrics metrics = StudyRuns.metrics(method, matrix);
            return String.format(Locale.ROOT, "%s seed %d: Transfer %s, Avg %s, Last %s; %s", method, seed,
                    percent(metrics.transfer()), percent(metrics.avg()), percent(metrics.last()), Progress.time(seconds));
        }

        private static String percent(double value) {
            return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
        }
    }

    /** One run before it begins. */
    private record Run(String method, SequenceRun.Settings settings, RunFolder folder) {}

    /**
     * @param file the study's settings, or a configuration file of the published code ({@link PublishedConfig})
     * @param results folder of all runs; the study's own is below it
     * @throws InputException if settings are wrong, or data sets or model are not there
     */
    public Study(Path file, Path results, Options options) {
        this.config = settings(file, options);
        this.methods = config.resolved(file.toString());
        this.folder = file.toAbsolutePath().normalize().getParent();
        this.results = results.resolve(config.name());
        this.dataFolder = options.data;
        Set<String> needed = new LinkedHashSet<>(config.tasks());
        needed.addAll(config.watched());
        DatasetSource files = Sources.of(folder, null, config.data(), needed);
        this.data = config.cache().isEmpty() ? files : files.packed(cache());
        data.require(needed);
        this.model = data.beside(folder, config.model());
        if (!Files.exists(model)) {
            throw new InputException("no model at " + model + data.orBelow(config.model())
                    + ": it is a pretraining recipe (.json), weights (.safetensors, .pt, .pth, .bin) or a folder with them");
        }
        for (StudyMethod method : methods) {
            if (method.method().usesReferenceSet()) {
                references.computeIfAbsent(method.method().reference(), name ->
                        new ReferenceSet(name, config.references().get(name), folder, config.tasks(), data));
            }
        }
    }

    /**
     * The settings in a study's file with what the user says besides.
     *
     * @throws InputException if they are wrong or name no model
     */
    public static StudyConfig settings(Path file, Options options) {
        StudyConfig config = with(options, read(file)).only(options.methods, options.seeds);
        if (config.model().isEmpty()) {
            throw new InputException(file + ": model is missing: name a pretraining recipe or weights there or by --model");
        }
        return config;
    }

    /** The settings in a file of either kind. */
    public static StudyConfig read(Path file) {
        return PublishedConfig.isOne(file) ? PublishedConfig.read(file).study() : StudyConfig.read(file);
    }

    /**
     * What the settings in a file are understood as: of a published configuration every entry, then the study that it
     * stands for; of a study every method with all its settings.
     */
    public static String explain(Path file) {
        StudyConfig config = read(file);
        List<StudyMethod> methods = config.resolved(file.toString());
        return PublishedConfig.isOne(file)
                ? String.join("\n", PublishedConfig.read(file).notes()) + "\n\nas a study:\n" + Json.write(config)
                : Json.write(Json.replace(config, "methods", Map.of())) + "methods with all their settings:\n"
                        + Json.write(methods);
    }

    private static StudyConfig with(Options options, StudyConfig config) {
        StudyConfig result = config;
        if (options.data != null && Sources.isFolder(config.data())) {
            result = Json.replace(result, "data", options.data.toAbsolutePath().toString());
        }
        if (options.cache != null) {
            result = Json.replace(result, "cache", options.cache.toAbsolutePath().toString());
        }
        if (options.model != null) {
            result = Json.replace(result, "model", options.model.toAbsolutePath().toString());
        }
        if (options.reference != null) {
            result = Json.replace(result, "references", elsewhere(config.references(), options.reference));
        }
        return options.device == null ? result : Json.replace(result, "device", options.device);
    }

    /** All sets at another place: studies with one set of pairs are meant. */
    private static Map<String, Reference> elsewhere(Map<String, Reference> references, Path folder) {
        Map<String, Reference> moved = new LinkedHashMap<>();
        references.forEach((name, reference) -> moved.put(name, reference.at(folder)));
        return moved;
    }

    public StudyConfig config() {
        return config;
    }

    private Path cache() {
        return folder.resolve(config.cache()).normalize();
    }

    /** What the runs of this process took. */
    public Phases phases() {
        return phases;
    }

    /** Whether all runs were brought to their end. */
    public boolean finished() {
        return methods.stream().allMatch(method -> config.seeds().stream().allMatch(seed ->
                folder(method.name(), seed).finished()));
    }

    /**
     * Runs what is not finished.
     *
     * @param restart forget earlier runs
     * @param finished is told of every run
     * @throws InputException before anything is computed, if a data set, picture, model or setting does not serve, or a
     *     run of other settings is there and {@code restart} does not say to forget it
     */
    public void run(boolean restart, Consumer<Result> finished) {
        goThrough(restart, run -> true, (runs, shared) -> runs.forEach(run -> {
            boolean earlier = !restart && run.folder.finished();
            if (!earlier) {
                FolderLock.alone(run.folder.path(), false,
                        () -> new SequenceRun(shared, run.method, run.settings, run.folder).run(restart));
            }
            finished.accept(Result.of(run.method, run.settings.seed(), run.folder, earlier));
        }));
    }

    /**
     * Runs what is not finished and what no other process works on, as one of several processes that share the work. The
     * long runs come first, those with reference pairs: the processes then end at about the same time.
     *
     * @param wanted whether a run of a method with a seed is meant
     * @param begins is told of every run before it begins
     * @throws InputException as {@link #run}
     */
    public void share(BiPredicate<String, Long> wanted, BiConsumer<String, Long> begins) {
        Comparator<Run> longFirst = Comparator.comparing(run -> !run.settings.method().usesReference());
        goThrough(false, run -> wanted.test(run.method, run.settings.seed()),
                (runs, shared) -> runs.stream().sorted(longFirst).forEach(run -> ifFree(run, shared, begins)));
    }

    private static void ifFree(Run run, SequenceRun.Shared shared, BiConsumer<String, Long> begins) {
        if (!run.folder.finished()) {
            FolderLock.ifFree(run.folder.path(), () -> {
                if (!run.folder.finished()) { // by another process, just now
                    begins.accept(run.method, run.settings.seed());
                    new SequenceRun(shared, run.method, run.settings, run.folder).run(false);
                }
            });
        }
    }

    /**
     * Looks at the settings of runs that are there, without running anything. The pictures of a plan that are not there any
     * more are not compared.
     *
     * @param wanted whether a run of a method with a seed is meant
     * @throws InputException if one is of other settings, data or weights than this study, or an input is missing
     */
    public void requireSameSettings(BiPredicate<String, Long> wanted) {
        checkReferences();
        Path weights = weights();
        Tokenizer tokenizer = Tokenizer.load(vocabulary(config, folder, weights));
        Map<String, String> sha256 = checksums(weights, tokenizer, openTasks(config.tasks()), openTasks(config.watched()));
        Set<String> unknown = references.keySet().stream().map(name -> REFERENCE + name)
                .filter(key -> !sha256.containsKey(key)).collect(Collectors.toSet());
        runs(sha256).stream().filter(run -> wanted.test(run.method, run.settings.seed()))
                .forEach(run -> run.folder.holds(run.settings, unknown));
    }

    /** Each set, and each plan once: it is compared with the weights that drew its pictures, which are large. */
    private void checkReferences() {
        references.values().forEach(ReferenceSet::check);
        Set<Path> plans = new HashSet<>();
        references.values().stream().filter(set -> plans.add(set.plan())).forEach(ReferenceSet::requireSamePlan);
    }

    /** Plans of reference sets that methods use and of which pictures are missing. */
    public List<Path> unmadePlans() {
        return references.values().stream().flatMap(set -> set.unmade().stream()).distinct().toList();
    }

    private void goThrough(boolean restart, Predicate<Run> wanted, BiConsumer<List<Run>, SequenceRun.Shared> work) {
        phases.begin(Phases.OPENING);
        try {
            open(restart, wanted, work);
        } finally {
            phases.end();
        }
    }

    private void open(boolean restart, Predicate<Run> wanted, BiConsumer<List<Run>, SequenceRun.Shared> work) {
        Device device = Devices.parse(config.device());
        List<Task> tasks = openTasks(config.tasks());
        List<Task> watched = openTasks(config.watched());
        boolean allEarlier = !restart && finished();
        if (!allEarlier) {
            tasks.forEach(Study::inspect);
            watched.forEach(Study::inspect);
        }
        checkReferences();
        Path weights = weights();
        Tokenizer tokenizer = Tokenizer.load(vocabulary(config, folder, weights));
        try (NDManager manager = Devices.newManager(device);
                Clip initial = ClipWeights.load(weights, manager)) {
            references.values().forEach(ReferenceSet::make);
            Map<String, String> sha256 = checksums(weights, tokenizer, tasks, watched);
            List<Run> runs = runs(sha256).stream().filter(wanted).toList();
            if (!restart) {
                runs.forEach(run -> run.folder.holds(run.settings));
            }
            int resolution = initial.config().imageResolution();
            data.requireResolution(resolution);
            List<Evaluation> evaluations = evaluations(tasks, resolution);
            List<Evaluation> watching = evaluations(watched, resolution);
            SequenceRun.Shared shared = new SequenceRun.Shared(config, initial, tokenizer, tasks, evaluations, watching,
                    allEarlier ? Map.of() : pairs(), sentences(),
                    new Provenance.Inputs(sha256, counts(evaluations, watching), Environment.of(manager)),
                    config.cache().isEmpty() ? FeatureCache.NONE : FeatureCache.in(cache()), phases);
            work.accept(runs, shared);
        }
    }

    private List<Task> openTasks(List<String> names) {
        return names.stream().map(data::openUnseen).toList();
    }

    private RunFolder folder(String method, long seed) {
        return new RunFolder(results.resolve(method).resolve(Long.toString(seed)), config.tasks());
    }

    private static void inspect(Task task) {
        Stop.check();
        Inspection.require(task);
    }

    private List<Run> runs(Map<String, String> sha256) {
        List<Run> runs = new ArrayList<>();
        for (StudyMethod method : methods) {
            Reference reference = method.method().usesReferenceSet()
                    ? config.references().get(method.method().reference()) : null;
            Map<String, String> own = new LinkedHashMap<>(sha256);
            own.keySet().removeIf(key -> key.startsWith(REFERENCE)
                    && (reference == null || !key.equals(REFERENCE + method.method().reference())));
            for (long seed : config.seeds()) {
                runs.add(new Run(method.name(), new SequenceRun.Settings(method.method(), method.training(), seed,
                        config.tasks(), config.watched(), reference == null ? null : named(reference),
                        config.testPictures(), config.testTemplates(), own),
                        folder(method.name(), seed)));
            }
        }
        return runs;
    }

    /** Set and plan by their last names: where they lie decides nothing. */
    private static Reference named(Reference wanted) {
        return new Reference(last(wanted.set()), last(wanted.plan()), wanted.ofTask(), wanted.pictures(),
                last(wanted.sentences()), wanted.sentenceCount(), wanted.picturesOf(), wanted.change());
    }

    private static String last(String path) {
        return path.isEmpty() ? "" : Path.of(path).getFileName().toString();
    }

    private Map<String, List<PairDataset>> pairs() {
        Map<String, List<PairDataset>> pairs = new LinkedHashMap<>();
        references.forEach((name, set) -> pairs.put(name, set.read()));
        return pairs;
    }

    private Map<String, List<String>> sentences() {
        Map<String, List<String>> sentences = new LinkedHashMap<>();
        references.forEach((name, set) -> sentences.put(name, set.sentences()));
        return sentences;
    }

    /** Of all that goes into a run, by name; of a plan only when all its pictures are there. */
    private Map<String, String> checksums(Path weights, Tokenizer tokenizer, List<Task> tasks, List<Task> watched) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("initial_weights", Hashes.sha256(ClipWeights.file(weights)));
        all.put("vocabulary", tokenizer.sha256());
        references.forEach((name, set) -> {
            if (set.unmade().isEmpty()) {
                all.put(REFERENCE + name, set.sha256());
            }
        });
        for (Task task : tasks) {
            all.put(task.name() + "/train", DataLists.sha256(task.train(), data.path()));
            all.put(task.name() + "/test", DataLists.sha256(task.test(), data.path()));
        }
        for (Task task : watched) {
            all.put(task.name() + "/test", DataLists.sha256(task.test(), data.path()));
        }
        all.putAll(data.changes());
        Stream.concat(tasks.stream(), watched.stream()).map(Task::name).filter(name -> data.description(name) != null)
                .forEach(name -> all.put(name + "/data_sets.json", RunFolder.hash(data.description(name))));
        return all;
    }

    private static List<Provenance.Counts> counts(List<Evaluation> tasks, List<Evaluation> watched) {
        List<Provenance.Counts> counts = new ArrayList<>();
        tasks.forEach(e -> counts.add(new Provenance.Counts(e.task().name(), e.task().classNames().size(),
                e.task().train().size(), e.pictures().size())));
        watched.forEach(e -> counts.add(new Provenance.Counts(e.task().name(), e.task().classNames().size(), 0,
                e.pictures().size())));
        return counts;
    }

    private List<Evaluation> evaluations(List<Task> tasks, int resolution) {
        return tasks.stream().map(task -> config.testTemplates() == 0 ? task : task.withTemplates(config.testTemplates()))
                .map(task -> new Evaluation(task, resolution, config.testPictures(), SequenceRun.CACHE)).toList();
    }

    /**
     * Where a study's vocabulary lies: where its configuration says, else beside the weights.
     *
     * @param folder of the configuration
     * @param weights of the model, a file or a folder
     */
    public static Path vocabulary(StudyConfig config, Path folder, Path weights) {
        if (!config.vocabulary().isEmpty()) {
            return folder.resolve(config.vocabulary()).normalize();
        }
        return Files.isDirectory(weights) ? weights : weights.getParent();
    }

    /** The pretrained model's weights; made by its recipe if the configuration names one. */
    private Path weights() {
        if (!model.toString().endsWith(".json")) {
            return model;
        }
        Pretraining pretraining = new Pretraining(model, dataFolder);
        pretraining.run(false);
        return pretraining.output();
    }
}
