package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.Trainable;
import gift.io.SafeTensors;
import gift.tensor.Gradients;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import gift.tensor.Transfers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What EWC knows of earlier tasks: the diagonal of the empirical Fisher information of each trained weight, summed over
 * the tasks (Kirkpatrick et al. 2017, Overcoming catastrophic forgetting in neural networks; the sum in place of one
 * penalty for each task after Huszar 2018).
 *
 * <pre>
 * F = sum_tasks 1/n sum_(x, y) (d log p(y | x) / d theta)^2
 * </pre>
 *
 * over n training images x of each task and their labels y, at the weights theta at the end of that task; p is the
 * softmax of the similarities to the class prompts, without label smoothing.
 */
public final class TaskFisher implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> values;

    private TaskFisher(NDManager manager, Map<String, NDArray> values) {
        this.manager = manager;
        this.values = values;
    }

    /**
     * The sum after one more task.
     *
     * @param model as it is at the end of the task; its gradients are used
     * @param data the batches of the task, of which the first are taken
     * @param samples n
     * @param before that of the tasks before, which stays the caller's; null for the first task
     */
    public static TaskFisher after(Clip model, Training training, TaskBatches data, int samples, TaskFisher before) {
        Parameters parameters = model.train(Trainable.WHOLE).parameters();
        NDManager manager = model.manager().newSubManager();
        Map<String, NDArray> values = new LinkedHashMap<>();
        parameters.trained().forEach((name, array) -> values.put(name,
                Scopes.outside(() -> manager.zeros(array.getShape()))));
        List<NDArray> sums = List.copyOf(values.values());
        int taken = 0;
        for (int i = 0; taken < samples; i++) {
            TaskBatches.Batch batch = data.batch(i);
            float[] images = batch.images();
            int size = images.length / batch.labels().length;
            for (int k = 0; k < batch.labels().length && taken < samples; k++, taken++) {
                float[] image = Arrays.copyOfRange(images, k * size, (k + 1) * size);
                addSquares(model, training, new TaskBatches.Batch(image, new long[] {batch.labels()[k]}),
                        data.classTokens(i), sums, 1.0 / samples);
            }
        }
        parameters.zeroGradients();
        if (before != null) {
            List<NDArray> earlier = new ArrayList<>();
            values.keySet().forEach(name -> earlier.add(before.of(name)));
            Scopes.withoutGradients(() -> NativeOps.addScaled(sums, earlier, 1));
        }
        return new TaskFisher(manager, values);
    }

    /** What a model sees in a batch that is not on its device yet. */
    static TaskLoss.Seen see(Clip model, GradCache features, TaskBatches.Batch batch, long[][] classTokens) {
        return TaskTrainer.see(model, features, batch.pixels().on(model.manager()),
                Transfers.write(model.manager(), batch.labels()), features.onDevice(classTokens));
    }

    /** Adds the squared gradient of the log-likelihood of one image, times a factor. */
    private static void addSquares(Clip model, Training training, TaskBatches.Batch one, long[][] classTokens,
            List<NDArray> sums, double factor) {
        Parameters parameters = model.parameters();
        parameters.zeroGradients();
        try (Gradients recording = Gradients.record()) {
            GradCache features = new GradCache(model, training);
            TaskLoss.Seen seen = see(model, features, one, classTokens);
            features.backward(recording, Losses.crossEntropy(seen.logits(), seen.labels(), 0));
            List<NDArray> gradients = parameters.gradients();
            Scopes.withoutGradients(() -> NativeOps.addScaled(sums, gradients.stream().map(NDArray::square).toList(), factor));
        }
    }

    /** F of a tensor, of its shape. */
    NDArray of(String tensor) {
        return values.get(tensor);
    }

    /** Writes the file, whole or not at all. */
    public void write(Path file) {
        TensorFiles.write(file, values, Map.of());
    }

    /** @throws gift.io.InputException if there is no such file, or it is not one of tensors */
    public static TaskFisher read(Path file, NDManager parent) {
        NDManager manager = parent.newSubManager();
        try (SafeTensors tensors = SafeTensors.open(file)) {
            return new TaskFisher(manager, TensorFiles.readAll(tensors, manager));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
