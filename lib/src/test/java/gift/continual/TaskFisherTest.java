package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.continual.Training.Shortcuts;
import gift.tensor.Compute;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.MixedPrecision;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** EWC: the Fisher information of a task, and the penalty that it makes. */
class TaskFisherTest {
    private static final Training TRAINING = new Training(4, 6, 6, 1e-3, 1, 0.2, 0, 0.999, 100, Shortcuts.ALL);
    private static final String TENSOR = "visual.proj";

    @TempDir
    Path folder;

    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private float[] fisher(Clip model, TaskBatches data, int images) {
        try (TaskFisher fisher = TaskFisher.after(model, TRAINING, data, images, null)) {
            return fisher.of(TENSOR).toFloatArray();
        }
    }

    /** Image k of the first batch alone. */
    private static TaskBatches only(int k) {
        TaskBatches all = new TinyTask();
        return new TaskBatches() {
            @Override
            public Batch batch(int iteration) {
                Batch batch = all.batch(0);
                int size = batch.images().length / batch.labels().length;
                return new Batch(Arrays.copyOfRange(batch.images(), k * size, (k + 1) * size), new long[] {batch.labels()[k]});
            }

            @Override
            public long[][] classTokens(int iteration) {
                return all.classTokens(iteration);
            }
        };
    }

    /** -log p(label | image 0) of a model one of whose weights is changed by {@code by}. */
    private double loss(Clip start, int weight, float by) {
        try (Clip model = start.copy()) {
            float[] values = model.parameters().get(TENSOR).toFloatArray();
            values[weight] += by;
            Shape shape = model.parameters().get(TENSOR).getShape();
            Scopes.withoutGradients(() -> NativeOps.copy(model.parameters().get(TENSOR), manager.create(values, shape)));
            try (Gradients recording = Gradients.record()) {
                TaskLoss.Seen seen = TaskFisher.see(
                        model, new GradCache(model, TRAINING), only(0).batch(0), only(0).classTokens(0));
                return Losses.crossEntropy(seen.logits(), seen.labels(), 0).getFloat();
            }
        }
    }

    /** Central differences of the log-likelihood, for the weight that matters most and for one that matters little. */
    @Test
    void ofOneImageItIsTheSquaredDerivativeOfItsLogLikelihood() {
        Clip start = Clip.random(TinyTask.CONFIG, manager, 1);
        float[] fisher = fisher(start.copy(), only(0), 1);
        int most = 0;
        for (int i = 0; i < fisher.length; i++) {
            most = fisher[i] > fisher[most] ? i : most;
        }
        for (int weight : new int[] {most, (most + 1) % fisher.length}) {
            float h = 0.01f;
            double slope = (loss(start, weight, h) - loss(start, weight, -h)) / (2 * h);
            assertThat((double) fisher[weight]).isCloseTo(slope * slope, within(0.02 * fisher[most]));
        }
    }

    /** Each image's own square, not the square of the batch's gradient; the same in parts and with activations computed again. */
    @Test
    void itIsTheMeanOverImagesAndTheSumOverTasks() {
        Clip model = Clip.random(TinyTask.CONFIG, manager, 1);
        float[] both = fisher(model, new TinyTask(), 2);
        float[] first = fisher(model, only(0), 1);
        float[] second = fisher(model, only(1), 1);
        Training parts = new Training(4, 6, 6, 1e-3, 1, 0.2, 0, 0.999, 100, Shortcuts.ALL,
                Precision.FP32, 2, true);
        Path file = folder.resolve("fisher.safetensors");
        try (TaskFisher before = TaskFisher.after(model, TRAINING, new TinyTask(), 2, null)) {
            before.write(file);
        }
        try (TaskFisher before = TaskFisher.read(file, manager);
                TaskFisher twice = TaskFisher.after(model, parts, new TinyTask(), 2, before)) {
            float[] sum = twice.of(TENSOR).toFloatArray();
            for (int i = 0; i < both.length; i++) {
                assertThat(both[i]).isCloseTo((first[i] + second[i]) / 2, within(1e-6f + 1e-4f * both[i]));
                assertThat(sum[i]).isCloseTo(2 * both[i], within(1e-6f + 1e-4f * both[i]));
            }
        }
    }

    /** F = (1, 2), theta - theta' = (0.5, 1), lambda = 6: 6 / 2 (0.25 + 2) = 6.75, and the gradient lambda F d = (3, 12). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thePenaltyByHand(boolean closedForm) {
        Path file = folder.resolve("fisher.safetensors");
        TensorFiles.write(file, Map.of("x", manager.create(new float[] {1, 2})), Map.of());
        Method ewc = Methods.EWC.withPenaltyWeight(6);
        try (Parameters x = Parameters.create(manager, Map.of("x", new Shape(2)), (name, shape) -> new float[] {1.5f, 3});
                Parameters start = Parameters.create(manager, Map.of("x", new Shape(2)), (name, shape) -> new float[] {1, 2});
                TaskFisher earlier = TaskFisher.read(file, manager)) {
            x.train(name -> true);
            try (WeightPenalty none = new WeightPenalty(ewc, x, start, null, closedForm, new MixedPrecision(Compute.FP32, x))) {
                assertThat(none.penalty(List.of(), 0)).isNull();                   // the first task has none
            }
            MixedPrecision plain = new MixedPrecision(Compute.FP32, x);
            try (WeightPenalty penalty = new WeightPenalty(ewc, x, start, earlier, closedForm, plain);
                    Gradients recording = Gradients.record()) {
                NDArray gradient = manager.zeros(new Shape(2));
                NDArray value = penalty.penalty(List.of(gradient), 0);
                assertThat(value.getFloat()).isEqualTo(6.75f);
                if (!closedForm) {
                    recording.backward(value);
                    gradient = x.get("x").getGradient();
                }
                assertThat(gradient.toFloatArray()).containsExactly(3, 12);
                assertThat(penalty.state()).isEmpty();
            }
            assertThat(earlier.of("x").toFloatArray()).containsExactly(1, 2);      // still open
        }
    }
}
