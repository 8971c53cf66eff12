package gift.study;

import gift.clip.Clip;
import gift.continual.Exemplars;
import gift.continual.Method;
import gift.continual.Method.Texts;
import gift.continual.PicturePairs;
import gift.continual.RandomSentences;
import gift.continual.ReferencePairs;
import gift.continual.TaskPictures;
import gift.continual.Training;
import gift.data.PairDataset;
import gift.data.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The pictures and texts on which the method of a run distils, task by task. */
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
            case Method.TASK -> new TaskPictures(shared.tasks().get(t), texts(model, t), resolution(model),
                    settings.training().get(t).referenceBatchSize(), settings.seed(), t, SequenceRun.CACHE);
            case Method.EXEMPLARS -> {
                Exemplars memory = exemplars(model, t);
                yield memory.size() == 0 ? null
                        : pictures(memory.pictures(shared.tasks()), model, t).against(texts(model, t));
            }
            default -> ofSet(model, t);
        };
    }

    private ReferencePairs ofSet(Clip model, int t) {
        PicturePairs pairs = pictures(shared.references().get(method.reference()).get(t), model, t);
        return switch (method.texts()) {
            case PAIRED -> pairs;
            case RANDOM -> pairs.against(texts(model, t));
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

    private PicturePairs pictures(PairDataset pairs, Clip model, int t) {
        Training training = settings.training().get(t);
        return PicturePairs.of(pairs, shared.tokenizer(), model.config().contextLength(), resolution(model),
                training.referenceBatchSize(), settings.seed(), t, SequenceRun.CACHE).with(shared.features());
    }

    /** Of pictures without texts of their own: random sentences, or the current class prompts. */
    private long[][] texts(Clip model, int t) {
        int context = model.config().contextLength();
        return method.texts() == Texts.RANDOM
                ? RandomSentences.draw(shared.tokenizer(), context, settings.seed(), t)
                : shared.tokenizer().rows(shared.tasks().get(t).trainingPrompts(), context, false);
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
            before.after(learnt, model, resolution(model), method.memory()).write(file);
        }
        return Exemplars.read(file);
    }
}
