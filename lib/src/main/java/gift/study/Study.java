package gift.study;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.continual.RunCost;
import gift.data.Task;
import gift.eval.AccuracyMatrix;
import gift.eval.Evaluation;
import gift.eval.Metrics;
import gift.incremental.LabelSpaceEvaluation;
import gift.incremental.SeenAccuracy;
import gift.io.InputException;
import gift.results.StudyRuns;
import gift.study.StudyInputs.Run;
import gift.tensor.Devices;
import gift.train.Environment;
import gift.train.FolderLock;
import gift.train.Phases;
import gift.train.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Runs all methods and seeds of a study, one after the other, and reports each when it is finished. */
public final class Study {
    /** Bytes of the images of one data set that a run keeps in memory. */
    public static final long IMAGES_KEPT = SequenceRun.CACHE;

    private final StudyInputs inputs;
    private final StudyConfig config;
    private final Phases phases = new Phases();

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
            List<SeenAccuracy> seen = seen();
            if (!seen.isEmpty()) {
                return String.format(Locale.ROOT, "%s seed %d: Avg %.2f, Last %.2f of the classes seen; %s", method, seed,
                        SeenAccuracy.average(seen), SeenAccuracy.last(seen), Progress.time(seconds));
            }
            Metrics metrics = StudyRuns.metrics(method, matrix, folder);
            return String.format(Locale.ROOT, "%s seed %d: Transfer %s, Avg %s, Last %s; %s", method, seed,
                    percent(metrics.transfer()), percent(metrics.avg()), percent(metrics.last()), Progress.time(seconds));
        }

        /** Accuracy over the classes seen after each step; empty unless the run is class-incremental. */
        public List<SeenAccuracy> seen() {
            return SeenAccuracy.ofRun(folder);
        }

        private static String percent(double value) {
            return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
        }
    }

    /**
     * @param file the study's settings, or a configuration file of the published code ({@link PublishedConfig})
     * @param results folder of all runs; the study's own is below it
     * @throws InputException if settings are wrong, or data sets or model are not there
     */
    public Study(Path file, Path results, StudyFile.Options options) {
        this.inputs = new StudyInputs(file, results, options);
        this.config = inputs.config();
    }

    /** Its settings. */
    public StudyConfig config() {
        return config;
    }

    /** What the runs of this process took. */
    public Phases phases() {
        return phases;
    }

    /** Whether all runs were brought to their end. */
    public boolean finished() {
        return inputs.finished();
    }

    /**
     * Runs what is not finished.
     *
     * @param restart forget earlier runs
     * @param finished is told of every run
     * @throws InputException before anything is computed, if a data set, image, model or setting is not valid, or a
     *     run of other settings is there and {@code restart} does not say to forget it
     */
    public void run(boolean restart, Consumer<Result> finished) {
        goThrough(restart, true, run -> true, (runs, shared) -> runs.forEach(run -> {
            boolean earlier = !restart && run.folder().finished();
            if (earlier && run.folder().watchesLess(run.settings())) {
                FolderLock.alone(run.folder().path(), false,
                        () -> new SequenceRun(shared, run).watchAfterwards());
            } else if (!earlier) {
                FolderLock.alone(run.folder().path(), false,
                        () -> new SequenceRun(shared, run).run(restart));
            }
            finished.accept(Result.of(run.method(), run.settings().seed(), run.folder(), earlier));
        }));
    }

    /** Does one run of {@link #share}, or leaves it. */
    public interface Around {
        /** @param work the run, which is neither finished nor worked on by another process */
        void run(String method, long seed, Runnable work);
    }

    /**
     * Runs what is not finished and what no other process works on, as one of several processes that share the work. The
     * long runs come first ({@link RunCost}): the processes then end at about the same time.
     *
     * @param wanted whether a run of a method with a seed is meant
     * @param around is given every run
     * @throws InputException as {@link #run}
     */
    public void share(BiPredicate<String, Long> wanted, Around around) {
        Comparator<Run> longFirst = Comparator.comparingDouble(run ->
                -new RunCost(run.settings().method(), run.settings().training()).inUpdates());
        goThrough(false, true, run -> wanted.test(run.method(), run.settings().seed()),
                (runs, shared) -> runs.stream().sorted(longFirst).forEach(run -> ifFree(run, shared, around)));
    }

    private static void ifFree(Run run, SequenceRun.Shared shared, Around around) {
        if (!isDone(run)) {
            FolderLock.ifFree(run.folder().path(), () -> {
                if (!isDone(run)) { // by another process, just now
                    around.run(run.method(), run.settings().seed(), () -> work(run, shared));
                }
            });
        }
    }

    private static void work(Run run, SequenceRun.Shared shared) {
        SequenceRun sequence = new SequenceRun(shared, run);
        if (run.folder().finished()) {
            sequence.watchAfterwards();
        } else {
            sequence.run(false);
        }
    }

    /** Whether a run is finished, all that the study watches included. */
    private static boolean isDone(Run run) {
        return run.folder().finished() && !run.folder().watchesLess(run.settings());
    }

    /**
     * Looks at the settings of runs that are there, without running anything. The images of a plan that are not there any
     * more are not compared.
     *
     * @param wanted whether a run of a method with a seed is meant
     * @throws InputException if one is of other settings, data or weights than this study, or an input is missing
     */
    public void requireSameSettings(BiPredicate<String, Long> wanted) {
        inputs.requireSameSettings(wanted);
    }

    /** Of each run the hash that its settings would have now, by its method and seed as in "gift/1"; nothing runs. */
    public Map<String, String> settingsHashes() {
        return inputs.settingsHashes();
    }

    /** Plans of reference sets that methods use and of which images are missing. */
    public List<Path> unmadePlans() {
        return inputs.unmadePlans();
    }

    private void goThrough(boolean restart, boolean watching, Predicate<Run> wanted,
            BiConsumer<List<Run>, SequenceRun.Shared> work) {
        phases.begin(Phases.OPENING);
        try {
            open(restart, watching, wanted, work);
        } finally {
            phases.end();
        }
    }

    /** @param watching whether runs that are finished may lack watched data sets, which are then evaluated */
    private void open(boolean restart, boolean watching, Predicate<Run> wanted,
            BiConsumer<List<Run>, SequenceRun.Shared> work) {
        Device device = Devices.parse(config.device());
        List<Task> sets = inputs.sets();
        StudyTasks tasks = inputs.tasks(sets);
        List<Task> watched = inputs.openTasks(config.watched());
        boolean allEarlier = !restart && inputs.finished();
        if (!allEarlier) {
            sets.forEach(inputs::inspect);
            watched.forEach(inputs::inspect);
        }
        inputs.checkReferences();
        Path weights = inputs.weights();
        Tokenizer tokenizer = inputs.tokenizer(weights);
        try (NDManager manager = Devices.newManager(device);
                Clip initial = ClipWeights.load(weights, manager)) {
            inputs.makeReferences();
            Map<String, String> sha256 = inputs.checksums(weights, tokenizer, sets, watched);
            List<Run> runs = inputs.runs(sha256).stream().filter(wanted).toList();
            if (!restart) {
                runs.stream().filter(run -> !watching || !run.folder().watchesLess(run.settings()))
                        .forEach(run -> run.folder().holds(run.settings()));
            }
            if (allEarlier && runs.stream().anyMatch(run -> run.folder().watchesLess(run.settings()))) {
                watched.forEach(inputs::inspect);
            }
            int resolution = initial.config().imageResolution();
            inputs.requireResolution(resolution);
            LabelSpaceEvaluation grown = tasks.space() == null ? null : new LabelSpaceEvaluation(tasks.space(), resolution,
                    config.testImages(), config.testTemplates(), 0, SequenceRun.CACHE);
            List<Evaluation> evaluations = grown == null ? evaluations(sets, resolution) : List.of();
            List<Evaluation> watchedOnes = evaluations(watched, resolution);
            SequenceRun.Shared shared = new SequenceRun.Shared(config, initial, tokenizer, tasks.tasks(), evaluations, watchedOnes,
                    allEarlier ? Map.of() : inputs.pairs(), inputs.sentences(),
                    new Provenance.Inputs(sha256, counts(evaluations, watchedOnes, grown), Environment.of(manager)),
                    inputs.features(), phases, grown);
            work.accept(runs, shared);
        }
    }

    private static List<Provenance.Counts> counts(List<Evaluation> tasks, List<Evaluation> watched,
            LabelSpaceEvaluation grown) {
        List<Provenance.Counts> counts = new ArrayList<>();
        tasks.forEach(e -> counts.add(new Provenance.Counts(e.task().name(), e.task().classNames().size(),
                e.task().train().size(), e.images().size())));
        if (grown != null) {
            counts.add(new Provenance.Counts(grown.space().whole().name(), grown.images().classNames().size(),
                    grown.space().whole().train().size(), grown.images().size()));
        }
        watched.forEach(e -> counts.add(new Provenance.Counts(e.task().name(), e.task().classNames().size(), 0,
                e.images().size())));
        return counts;
    }

    private List<Evaluation> evaluations(List<Task> tasks, int resolution) {
        return tasks.stream().map(task -> config.testTemplates() == 0 ? task : task.withTemplates(config.testTemplates()))
                .map(task -> new Evaluation(task, resolution, config.testImages(), SequenceRun.CACHE)).toList();
    }
}
