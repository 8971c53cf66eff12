package gift.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.continual.BatchSettings;
import gift.continual.GivenWeights;
import gift.continual.ImageBatches;
import gift.continual.JointBatches;
import gift.continual.Method;
import gift.continual.Method.Learns;
import gift.continual.ReferencePairs;
import gift.continual.TaskBatches;
import gift.continual.TaskFisher;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.data.PairDataset;
import gift.data.Task;
import gift.eval.AccuracyMatrix;
import gift.eval.ConfusionMatrix;
import gift.eval.Evaluation;
import gift.eval.FeatureCache;
import gift.incremental.LabelSpaceEvaluation;
import gift.io.InputException;
import gift.io.Json;
import gift.study.StudyConfig.KeepWeights;
import gift.train.FolderLock;
import gift.train.Phases;
import gift.train.TrainingLoop;
import gift.train.WatchedTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One run: one method learns the sequence of tasks with one seed; after each task every task is evaluated. Everything is
 * kept in the run's {@link RunFolder}; a run that was killed goes on from its last checkpoint and ends in the same
 * weights.
 */
final class SequenceRun {
    static final long CACHE = 1L << 30; // bytes of the images of one data set that stay in memory

    /**
     * What all runs of a study share; of each reference set the pairs of every task, and the sentences. {@code grown} is the
     * evaluation of a class-incremental scenario, which has no {@code evaluations}; null without one.
     */
    record Shared(StudyConfig config, Clip initial, Tokenizer tokenizer, List<Task> tasks, List<Evaluation> evaluations,
            List<Evaluation> watched, Map<String, List<PairDataset>> references,
            Map<String, List<String>> sentences, Provenance.Inputs inputs, FeatureCache features, Phases phases,
            LabelSpaceEvaluation grown) {}

    /**
     * Everything that decides the result.
     *
     * @param reference null for a method that uses no reference set
     * @param testTemplates not written where it is 0, all of them
     * @param sha256 of weights, vocabulary and lists of images, by name
     * @param evaluateOn null, and not written, where it is the test images
     * @param scenario null where each data set is a task
     */
    record Settings(Method method, List<Training> training, long seed, List<String> tasks, List<String> watched,
            StudyConfig.Reference reference, @JsonProperty("test_pictures") int testImages,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int testTemplates,
            Map<String, String> sha256,
            @JsonInclude(JsonInclude.Include.NON_NULL) StudyConfig.EvaluateOn evaluateOn,
            @JsonInclude(JsonInclude.Include.NON_NULL) StudyConfig.Scenario scenario) {}

    private final Shared shared;
    private final String methodName;
    private final Method method;
    private final long seed;
    private final RunFolder folder;
    private final GivenWeights given;
    private final Settings settings;
    private final RunReferences references;
    private final LabelSpaceEvaluation grown; // null unless class-incremental
    private final RunEvaluation evaluation;

    SequenceRun(Shared shared, StudyInputs.Run run) {
        this.shared = shared;
        this.methodName = run.method();
        this.settings = run.settings();
        this.method = settings.method;
        this.seed = settings.seed;
        this.folder = run.folder();
        this.given = run.given();
        this.references = new RunReferences(shared, settings, folder);
        this.grown = shared.grown == null ? null : shared.grown.withSeed(seed);
        this.evaluation = new RunEvaluation(shared, settings, folder, grown);
    }

    /** Runs to the end, or goes on where it was stopped; to be called while the folder is locked. */
    Provenance run(boolean restart) {
        if (restart) {
            folder.clear();
        }
        folder.sweep();
        if (!folder.holds(settings)) {
            folder.writeSettings(settings);
        }
        Provenance.Writer provenance =
                new Provenance.Writer(folder.provenance(), RunFolder.hash(settings), shared.inputs);
        AccuracyMatrix matrix = folder.matrix();
        int tasks = shared.tasks.size();
        try (Clip model = shared.initial.copy()) {
            if (matrix.before().isEmpty()) {
                watch(model, 0, "before_training");
                List<ConfusionMatrix> before = evaluation.evaluate(model, -1);
                matrix = matrix.withBefore(evaluation.accuracies(before));
                write(before, matrix);
            }
            List<ConfusionMatrix> after = null;
            for (int t = matrix.rows(); t < tasks; t++) {
                boolean learns = after == null || method.learns() == Learns.TASKS || method.learns() == Learns.GIVEN;
                if (learns) {
                    learn(model, t, matrix, provenance);
                }
                if (learns || grown != null) { // among more classes than before
                    after = evaluation.evaluate(model, t);
                }
                if (method.learns() == Learns.TASKS && settings.training.get(t).evaluateEvery() > 0) {
                    folder.writeWithin(t, training(t).iterations() + 1, evaluation.accuracies(after));
                }
                watch(model, t + 1, matrix.tasks().get(t));
                matrix = matrix.withRow(evaluation.accuracies(after));
                write(after, matrix);
                provenance.update();
            }
        }
        if (shared.config.keepWeights() == KeepWeights.NONE) {
            folder.deleteWeightsBefore(tasks);
        }
        if (shared.config.keepWeights() != KeepWeights.ALL) {
            FolderLock.delete(folder.fisher(0).getParent());
        }
        return provenance.finish();
    }

    /**
     * Evaluates the data sets that the finished run did not watch by the weights that it kept; to be called while the folder
     * is locked. Nothing is written before all are evaluated, the settings last.
     *
     * @throws InputException if weights are not there any more
     */
    Provenance watchAfterwards() {
        Provenance.Writer provenance =
                new Provenance.Writer(folder.provenance(), RunFolder.hash(settings), shared.inputs, false);
        List<List<String>> before = folder.watched();
        List<String> watched = shared.config.watched();
        List<String> known = before.isEmpty() ? List.of() : before.get(0);
        List<Integer> added = IntStream.range(0, watched.size()).filter(i -> !known.contains(watched.get(i))).boxed().toList();
        requireWeights(added.stream().map(watched::get).toList());
        List<List<String>> rows = new ArrayList<>();
        rows.add(new ArrayList<>(List.of("after_training_on")));
        rows.get(0).addAll(watched);
        try (Clip model = shared.initial.copy()) {
            for (int row = 0; row <= shared.tasks.size(); row++) {
                boolean trained = row > 0 && method.learns() != Learns.NOTHING;
                evaluation.trained(trained);
                if (trained && (!jointly() || row == 1)) {
                    load(model, method.learns() == Learns.GIVEN ? given.tasks().get(row - 1) : folder.weights(row - 1));
                }
                double[] values = RunEvaluation.each(evaluation.confusions(model, added.stream().map(shared.watched::get).toList()));
                List<String> line = new ArrayList<>(List.of(row == 0 ? "before_training" : folder.matrix().tasks().get(row - 1)));
                for (int i = 0; i < watched.size(); i++) {
                    line.add(added.contains(i) ? RunFolder.percent(values[added.indexOf(i)])
                            : before.get(row + 1).get(known.indexOf(watched.get(i))));
                }
                rows.add(line);
            }
        }
        folder.writeWatched(rows);
        folder.writeSettings(settings);
        return provenance.finish();
    }

    private void requireWeights(List<String> added) {
        int needed = method.learns() == Learns.NOTHING || method.learns() == Learns.GIVEN ? 0 : jointly() ? 1 : shared.tasks.size();
        for (int t = 0; t < needed; t++) {
            if (!Files.exists(folder.weights(t))) {
                throw new InputException(folder.path() + " is finished without watching " + String.join(", ", added) + ", and "
                        + folder.weights(t) + " is not there (keep_weights all keeps it): leave them out, or start over with"
                        + " --restart");
            }
        }
    }

    /** Brings the model from before task t to after it; a method that does not go task by task is trained at once. */
    private void learn(Clip model, int t, AccuracyMatrix matrix, Provenance.Writer provenance) {
        if (method.learns() == Learns.NOTHING) {
            return;
        }
        evaluation.trained(true);
        if (method.learns() == Learns.GIVEN) {
            load(model, given.tasks().get(t));
            return;
        }
        int number = jointly() ? 0 : t;
        if (Files.exists(folder.weights(number))) {
            load(model, folder.weights(number));
            TrainingLoop.deleteCheckpoint(folder.path()); // that of this task, if the run was killed right after its weights
        } else {
            if (number > 0) {
                load(model, folder.weights(number - 1));
            }
            train(model, number, matrix, provenance);
        }
        keepOnly(number);
    }

    private boolean jointly() {
        return method.learns() == Learns.JOINTLY;
    }

    /** Joint training takes as many iterations as all tasks together. */
    private Training training(int t) {
        if (jointly() && grown != null) {
            return grown.space().scenario().training(settings.training.get(t), grown.space().whole());
        }
        return !jointly() ? alone(t) : Json.replace(alone(t), "iterations",
                IntStream.range(0, shared.tasks.size()).map(i -> alone(i).iterations()).sum());
    }

    private Training alone(int t) {
        return settings.training.get(t).forImages(shared.tasks.get(t).train().size());
    }

    private TaskBatches batches(Clip model, int t) {
        if (!jointly()) {
            return references.competing(model, t, images(model, t));
        }
        if (grown != null) {
            return images(model, grown.space().whole(), 0);
        }
        return new JointBatches(IntStream.range(0, shared.tasks.size()).mapToObj(i -> images(model, i)).toList(), seed);
    }

    private ImageBatches images(Clip model, int t) {
        return images(model, shared.tasks.get(t), t);
    }

    private ImageBatches images(Clip model, Task task, int t) {
        return new ImageBatches(method.template().isEmpty() ? task : task.withTemplate(method.template()), shared.tokenizer,
                BatchSettings.of(model.config(), settings.training.get(t).batchSize(), seed, t).withCache(CACHE));
    }

    /** The task that comes next starts from the weights after task t. */
    private void keepOnly(int t) {
        if (shared.config.keepWeights() != KeepWeights.ALL) {
            folder.deleteWeightsBefore(t);
        }
    }

    private static void load(Clip model, Path file) {
        try (Clip saved = ClipWeights.load(file, model.config(), model.manager())) {
            model.parameters().set(saved.parameters());
        }
    }

    private void train(Clip model, int t, AccuracyMatrix matrix, Provenance.Writer provenance) {
        shared.phases.begin(Phases.TRAINING);
        Training training = training(t);
        TaskBatches batches = batches(model, t);
        ReferencePairs pairs = references.pairs(model, t);
        String title = methodName + " seed " + seed + ", " + (jointly() ? "all tasks" : shared.tasks.get(t).name());
        try (TaskFisher earlier = references.earlierTasks(model, t, i -> images(model, i));
                Clip teacher = given.teacher() == null ? null
                        : ClipWeights.load(given.teacher(), model.config(), model.manager());
                TaskTrainer trainer = new TaskTrainer(
                        model, shared.initial, method, training, batches, pairs, earlier, teacher)) {
            TrainingLoop loop = TrainingLoop
                    .of(title, folder.path(), RunFolder.hash(settings) + ", task " + t, trainer.updates())
                    .withCheckpointEvery(training.checkpointEvery()).withLosses(folder.losses(t)).withSmoothing(0)
                    .withAtCheckpoint(provenance::update);
            loop.run(new WatchedTrainer(trainer,
                    training.evaluateEvery(), i -> folder.writeWithin(t, i, within(i, model, trainer, t, matrix)),
                    training.dumpEvery(), i -> ClipWeights.save(folder.dump(t, i + 1), model)), model.manager());
            writeProbe(trainer, t);
            ClipWeights.save(folder.weights(t), model);
            loop.deleteCheckpoint();
        }
    }

    /** Accuracies before update i of task t: of the mean of the weights so far where the method ends with one. */
    private double[] within(int i, Clip model, TaskTrainer trainer, int t, AccuracyMatrix matrix) {
        if (i == 0) { // they are known
            return t == 0 || jointly() ? matrix.before().orElseThrow()
                    : IntStream.range(0, shared.tasks.size()).mapToDouble(k -> matrix.get(t - 1, k)).toArray();
        }
        writeProbe(trainer, t);
        try (Clip mean = trainer.mean() == null ? null : model.copy()) {
            if (mean != null) {
                mean.parameters().set(trainer.mean());
            }
            return evaluation.accuracies(evaluation.evaluate(mean == null ? model : mean, t));
        } finally {
            shared.phases.begin(Phases.TRAINING);
        }
    }

    private void writeProbe(TaskTrainer trainer, int t) {
        if (trainer.classifier() != null) {
            trainer.classifier().write(folder.probe(t));
        }
    }

    private void write(List<ConfusionMatrix> confusions, AccuracyMatrix matrix) {
        if (grown == null) {
            folder.writeEvaluation(confusions, matrix);
        } else {
            folder.writeEvaluation(grown.space(), confusions.get(0), matrix);
        }
    }

    private void watch(Clip model, int row, String name) {
        if (!shared.watched.isEmpty()) {
            folder.writeWatched(shared.config.watched(), row, name, RunEvaluation.each(evaluation.confusions(model, shared.watched)));
        }
    }
}
