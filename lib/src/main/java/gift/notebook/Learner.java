package gift.notebook;

import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.continual.BatchSettings;
import gift.continual.ImageBatches;
import gift.continual.ImagePairs;
import gift.continual.Method;
import gift.continual.ReferencePairs;
import gift.continual.TaskBatches;
import gift.continual.TaskImages;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.data.PairDataset;
import gift.data.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Trains a model on tasks in one call, with the same batches as {@code gift run}: they follow from seed and task alone. */
public final class Learner {
    private final Clip initial;
    private final Tokenizer tokenizer;
    private final long seed;

    /** @param initial the model before any task; stays the caller's */
    public Learner(Clip initial, Tokenizer tokenizer, long seed) {
        this.initial = initial;
        this.tokenizer = tokenizer;
        this.seed = seed;
    }

    /**
     * Trains a model on one task.
     *
     * @param model is changed
     * @param t the task's place in the sequence, from 0
     * @param reference null for a method that uses none
     * @param told of the updates made, after each of them
     * @return the losses of every update by name
     */
    public List<Map<String, Double>> learn(Clip model, Task task, int t, Method method, Training training,
            ReferencePairs reference, IntConsumer told) {
        List<Map<String, Double>> losses = new ArrayList<>();
        try (TaskTrainer trainer = new TaskTrainer(model, initial, method, training, batches(task, t, training), reference)) {
            for (int i = 0; i < trainer.updates(); i++) {
                losses.add(trainer.update(i));
                told.accept(i + 1);
            }
        }
        return losses;
    }

    /** The batches of a task: its training images, shuffled and randomly cropped, and the prompts of its classes. */
    public TaskBatches batches(Task task, int t, Training training) {
        return new ImageBatches(task, tokenizer, settings(training.batchSize(), t));
    }

    /** Reference pairs for task t, each image with its own text. */
    public ImagePairs pairs(PairDataset pairs, int t, Training training) {
        return ImagePairs.of(pairs, tokenizer, settings(training.referenceBatchSize(), t));
    }

    /** The task's own training images as reference, compared with the prompts of its classes. */
    public ReferencePairs own(Task task, int t, Training training) {
        long[][] prompts = tokenizer.rows(task.trainingPrompts(), initial.config().contextLength(), false);
        return new TaskImages(task, prompts, settings(training.referenceBatchSize(), t));
    }

    private BatchSettings settings(int batchSize, int t) {
        return BatchSettings.of(initial.config(), batchSize, seed, t);
    }
}
