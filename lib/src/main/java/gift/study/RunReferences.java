package gift.study;

import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.continual.BatchSettings;
import gift.continual.CompetingBatches;
import gift.continual.Exemplars;
import gift.continual.Herding;
import gift.continual.ImagePairs;
import gift.continual.Method;
import gift.continual.Method.Penalty;
import gift.continual.Method.Texts;
import gift.continual.RandomSentences;
import gift.continual.ReferencePairs;
import gift.continual.TaskBatches;
import gift.continual.TaskFisher;
import gift.continual.TaskImages;
import gift.data.PairDataset;
import gift.data.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;

/** What the method of a run keeps of earlier tasks and distils on, task by task. */
final class RunReferences {
    private final SequenceRun.Shared shared;
    private final SequenceRun.Settings settings;
    private final Method method;
    private final RunFolder folder;

    RunReferences(SequenceRun.Shared shared, SequenceRun.Settings settings, RunFolder folder) {
        this.shared = shared;
        this.settings = settings;
        this.method = settings.method();
        this.folder = folder;
    }

    /**
     * @param model as it is before task t
     * @return null for a method that uses none, and before there are exemplars
     */
    ReferencePairs pairs(Clip model, int t) {
        if (!method.usesReference()) {
            return null;
        }
        return switch (method.reference()) {
            case Method.TASK -> new TaskImages(shared.tasks().get(t), texts(model, t), batches(model, t));
            case Method.EXEMPLARS -> {
                Exemplars memory = method.herding().beforeTraining() ? exemplarsBefore(model, t) : exemplars(model, t);
                yield memory.size() == 0 ? null
                        : ofMemory(memory.images(shared.tasks()), model, t);
            }
            default -> ofSet(model, t);
        };
    }

    private ReferencePairs ofMemory(PairDataset memory, Clip model, int t) {
        ImagePairs pairs = images(memory, model, t).against(texts(model, t));
        return method.herding() == Herding.AFTER_TASK_AS_PUBLISHED ? pairs.inOrder(batches(model, t).batchSize()) : pairs;
    }

    /** The batches of task t with the texts that compete with its class prompts. */
    TaskBatches competing(Clip model, int t, TaskBatches own) {
        Tokenizer tokenizer = shared.tokenizer();
        int context = model.config().contextLength();
        return switch (method.competingTexts()) {
            case NONE -> own;
            case PREVIOUS, PREVIOUS_AS_PUBLISHED -> CompetingBatches.with(own, tokenizer.rows(CompetingBatches.previous(
                    method.competingTexts(), shared.tasks().subList(0, t + 1).stream().map(Task::trainingPrompts).toList()),
                    context, false));
            case CAPTIONS -> CompetingBatches.withCaptions(own,
                    tokenizer.rows(shared.sentences().get(method.reference()), context, true), settings.seed(), t);
        };
    }

    private ReferencePairs ofSet(Clip model, int t) {
        ImagePairs pairs = images(shared.references().get(method.reference()).get(t), model, t);
        return switch (method.texts()) {
            case PAIRED -> pairs;
            case RANDOM, SEEN -> pairs.against(texts(model, t));
            case ALL -> {
                List<String> sentences = shared.sentences().get(method.reference());
                yield sentences.isEmpty() ? pairs
                        : pairs.against(shared.tokenizer().rows(sentences, model.config().contextLength(), true));
            }
        };
    }

    private static int resolution(Clip model) {
        return model.config().imageResolution();
    }

    private ImagePairs images(PairDataset pairs, Clip model, int t) {
        return ImagePairs.of(pairs, shared.tokenizer(), batches(model, t)).with(shared.features());
    }

    private BatchSettings batches(Clip model, int t) {
        int size = settings.training().get(t).referenceBatchSize();
        return BatchSettings.of(model.config(), size, settings.seed(), t).withCache(SequenceRun.CACHE);
    }

    /**
     * What EWC knows of the tasks before t: kept with the run, or computed now by the model after task t - 1 on the training
     * batches of that task, which are the same whenever they are asked for. The caller closes it.
     *
     * @param model as it is before task t
     * @param batches of a task by its number
     * @return null for other methods and before the first task
     */
    TaskFisher earlierTasks(Clip model, int t, IntFunction<TaskBatches> batches) {
        if (method.penalty() != Penalty.EWC || t == 0) {
            return null;
        }
        Path file = folder.fisher(t - 1);
        if (!Files.exists(file)) {
            try (TaskFisher before = t == 1 ? null : TaskFisher.read(folder.fisher(t - 2), model.manager());
                    TaskFisher now = TaskFisher.after(
                            model, settings.training().get(t - 1), batches.apply(t - 1), method.fisherUpdates(), before)) {
                now.write(file);
            }
        }
        return TaskFisher.read(file, model.manager());
    }

    /** Of images without texts of their own: random sentences, or the class prompts of this task or of all up to it. */
    private long[][] texts(Clip model, int t) {
        int context = model.config().contextLength();
        if (method.texts() == Texts.RANDOM) {
            return RandomSentences.draw(shared.tokenizer(), context, settings.seed(), t);
        }
        boolean trained = method.keepsExemplars() && !method.template().isEmpty(); // the published iCaRL takes those of training
        List<String> prompts = shared.tasks().subList(method.texts() == Texts.SEEN ? 0 : t, t + 1).stream()
                .map(task -> trained ? task.withTemplate(method.template()) : task)
                .flatMap(task -> task.trainingPrompts().stream()).toList();
        return shared.tokenizer().rows(prompts, context, false);
    }

    /** The exemplars of the tasks before t: those kept with the run, and of task t - 1 by the model after it. */
    private Exemplars exemplars(Clip model, int t) {
        if (t == 0) {
            return Exemplars.NONE;
        }
        Path file = folder.exemplars(t - 1);
        if (!Files.exists(file)) {
            Exemplars before = t == 1 ? Exemplars.NONE : Exemplars.read(folder.exemplars(t - 2));
            Task learnt = shared.tasks().get(t - 1);
            Exemplars after = method.herding() == Herding.AFTER_TASK_AS_PUBLISHED
                    ? before.afterAsPublished(learnt, model, resolution(model), method.memory())
                    : before.after(learnt, model, resolution(model), method.memory());
            after.write(file);
        }
        return Exemplars.read(file);
    }

    /** The exemplars of the tasks up to t, task t among them, by the model before it: kept with the run, or chosen now. */
    private Exemplars exemplarsBefore(Clip model, int t) {
        Path file = folder.exemplars(t);
        if (!Files.exists(file)) {
            Exemplars earlier = t == 0 ? Exemplars.NONE : Exemplars.read(folder.exemplars(t - 1));
            earlier.before(shared.tasks().get(t), model, resolution(model), method.memory(),
                    method.herding() == Herding.BY_TASK_AS_PUBLISHED).write(file);
        }
        return Exemplars.read(file);
    }
}
