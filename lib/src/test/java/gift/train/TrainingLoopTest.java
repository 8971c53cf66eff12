package gift.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.tensor.AdamW;
import gift.tensor.Curve;
import gift.tensor.Devices;
import gift.tensor.GradientClipping;
import gift.tensor.Gradients;
import gift.tensor.MovingAverage;
import gift.tensor.NativeOps;
import gift.tensor.ParameterGroup;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training of one's own, written with what the library offers to everyone, and what its loop promises. */
class TrainingLoopTest {
    private static final Epochs EPOCHS = new Epochs(10, 4);
    private static final int UPDATES = EPOCHS.updates(8); // 24

    private final NDManager manager = Devices.newManager(Device.cpu());

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    /**
     * y = x1 + x2 + x3 + 1 by least squares on ten points, with a frozen layer below a trained one, clipped gradients,
     * groups of parameters, a weight decay that rises, and a moving average of the weights.
     */
    private final class Regression implements Trainer, AutoCloseable {
        private final Parameters parameters = Parameters.create(manager, shapes(),
                (name, shape) -> RandomStream.of(1, name).normals((int) shape.size(), 1)).train(name -> true);
        private final AdamW optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT, List.of(
                ParameterGroup.frozen("input", name -> name.startsWith("input.")),
                ParameterGroup.of("biases", name -> name.endsWith("bias")).withRate(2).withDecay(0)));
        private final MovingAverage mean = new MovingAverage(parameters, new MovingAverage.Rising(0.9));
        private final Curve rate = new Schedule(0.2, 4, UPDATES);
        private final Curve decay = new Curve.Cosine(0.01, 0.1, UPDATES);
        private final ShuffledBatches batches = new ShuffledBatches(1, "points", 0, EPOCHS.items(), EPOCHS.batchSize());
        private final float[] all = RandomStream.of(1, "x").normals(3 * EPOCHS.items(), 1);
        private final int broken; // the update that meets a value that is not a number

        Regression(int broken) {
            this.broken = broken;
        }

        private static Map<String, Shape> shapes() {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            shapes.put("input.weight", new Shape(3, 3));
            shapes.put("weight", new Shape(1, 3));
            shapes.put("bias", new Shape(1));
            return shapes;
        }

        @Override
        public Map<String, Double> update(int i) {
            int[] points = batches.batch(i);
            try (Gradients recording = Gradients.record()) {
                parameters.zeroGradients();
                float[] values = new float[3 * points.length];
                for (int k = 0; k < points.length; k++) {
                    System.arraycopy(all, 3 * points[k], values, 3 * k, 3);
                }
                values[0] = i == broken ? Float.NaN : values[0];
                NDArray x = manager.create(values, new Shape(points.length, 3));
                NDArray y = x.sum(new int[] {1}, true).add(1);                                       // (B, 1)
                NDArray seen = NativeOps.linear(x, parameters.get("input.weight"), null);
                NDArray error = NativeOps.linear(seen, parameters.get("weight"), parameters.get("bias")).sub(y);
                NDArray loss = error.mul(error).mean();
                recording.backward(loss);
                Map<String, Double> losses = new LinkedHashMap<>();
                losses.put("loss", (double) loss.getFloat());
                losses.put("gradient_norm", GradientClipping.clip(parameters, 1));
                TrainingLoop.finite(losses, i);
                optimizer.step(parameters.gradients(), rate.at(i), decay.at(i));
                mean.update(i);
                return losses;
            }
        }

        @Override
        public Map<String, NDArray> state() {
            return new TrainingState().put(TrainingState.PARAMETERS, parameters.all())
                    .put(TrainingState.ADAMW, optimizer.state()).put(TrainingState.MEAN, mean.weights().all()).all();
        }

        @Override
        public void restore(Map<String, NDArray> state, int next) {
            TrainingState parts = new TrainingState(state);
            parts.copy(TrainingState.PARAMETERS, parameters.all());
            parts.copy(TrainingState.MEAN, mean.weights().all());
            optimizer.restore(parts.part(TrainingState.ADAMW), next);
        }

        Map<String, List<Float>> values() {
            Map<String, List<Float>> values = new LinkedHashMap<>();
            state().forEach((name, array) -> {
                List<Float> list = new ArrayList<>();
                for (float value : array.toFloatArray()) {
                    list.add(value);
                }
                values.put(name, list);
            });
            return values;
        }

        @Override
        public void close() {
            mean.close();
            optimizer.close();
            parameters.close();
        }
    }

    private static TrainingLoop loop(Path folder) {
        return TrainingLoop.of("regression", folder, "recipe 1", UPDATES).withCheckpointEvery(5);
    }

    private Map<String, List<Float>> train(TrainingLoop loop) {
        try (Regression regression = new Regression(UPDATES)) {
            loop.run(regression, manager);
            return regression.values();
        }
    }

    @Test
    void learnsAndLeavesOutWhatIsFrozen() throws IOException {
        Map<String, List<Float>> before;
        try (Regression regression = new Regression(UPDATES)) {
            before = regression.values();
        }
        Map<String, List<Float>> after = train(loop(folder));
        assertThat(after.get("parameters.input.weight")).isEqualTo(before.get("parameters.input.weight"));
        assertThat(after.get("parameters.weight")).isNotEqualTo(before.get("parameters.weight"))
                .isNotEqualTo(after.get("mean.weight"));
        List<String> log = Files.readAllLines(folder.resolve("losses.csv"));
        assertThat(log).hasSize(UPDATES + 1).first().isEqualTo("update,loss,gradient_norm");
        assertThat(loss(log.get(UPDATES))).isLessThan(loss(log.get(1)) / 2);
    }

    private static double loss(String row) {
        return Double.parseDouble(row.split(",")[1]);
    }

    @Test
    void resumedEqualsUninterruptedBitForBit() throws IOException {
        Path stopped = folder.resolve("stopped");
        Map<String, List<Float>> whole = train(loop(folder.resolve("whole")));
        List<Integer> checkpoints = new ArrayList<>();
        TrainingLoop loop = loop(stopped).withAtCheckpoint(() -> checkpoints.add(checkpoints.size()));
        try (Regression regression = new Regression(13)) {
            assertThatThrownBy(() -> loop.run(regression, manager)).isInstanceOf(ArithmeticException.class);
        }
        assertThat(checkpoints).hasSize(2); // after 5 and 10 updates
        try (Parameters seen = Parameters.create(manager, Regression.shapes(), (n, s) -> new float[(int) s.size()])) {
            assertThat(loop.peek(TrainingState.MEAN, seen)).isEqualTo(10);
            assertThat(seen.get("weight").toFloatArray()).isNotEqualTo(new float[3]);
        }
        assertThat(train(loop)).isEqualTo(whole);
        assertThat(checkpoints).hasSize(4);
        assertThat(stopped.resolve("losses.csv")).hasSameTextualContentAs(folder.resolve("whole/losses.csv"));
        loop.deleteCheckpoint();
        assertThat(stopped.resolve("checkpoint.safetensors")).doesNotExist();
    }

    @Test
    void aCheckpointOfOtherSettingsIsRefused() {
        train(loop(folder));
        assertThatThrownBy(() -> train(TrainingLoop.of("regression", folder, "recipe 2", UPDATES)))
                .isInstanceOf(InputException.class).hasMessageContaining("belongs to a training with other settings or data");
    }

    // ---- losses that are not finite

    @Test
    void aLossThatIsNotANumberLeavesTheWeightsBeforeTheUpdate() {
        try (Regression regression = new Regression(3)) {
            for (int i = 0; i < 3; i++) {
                regression.update(i);
            }
            Map<String, List<Float>> before = regression.values();
            assertThatThrownBy(() -> regression.update(3)).isInstanceOf(ArithmeticException.class)
                    .hasMessage("the loss is NaN at update 3: a lower learning rate may help");
            assertThat(regression.values()).isEqualTo(before);
        }
    }

    @Test
    void theLoopChecksForATrainerThatDoesNot() {
        Trainer careless = new Trainer() {
            @Override
            public Map<String, Double> update(int i) {
                return Map.of("loss", 1.0, "penalty", i == 2 ? Double.POSITIVE_INFINITY : 1);
            }

            @Override
            public Map<String, NDArray> state() {
                return Map.of();
            }

            @Override
            public void restore(Map<String, NDArray> state, int next) {}
        };
        assertThatThrownBy(() -> loop(folder).run(careless, manager)).isInstanceOf(ArithmeticException.class)
                .hasMessage("the loss penalty is Infinity at update 2: a lower learning rate may help");
    }

    // ---- the folder

    /** Two trainings of one recipe at once: the second begins when the first has written its model, and finds it. */
    @Test
    void theSecondTrainingInAFolderWaitsForTheFirst() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> made = new ArrayList<>();
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> trainingFolder("recipe").train(false, loop -> {
            begun.countDown();
            await(go);
            train(loop);
            made.add("first");
        }));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> second = CompletableFuture.runAsync(
                () -> trainingFolder("recipe").train(false, loop -> made.add("second")));
        Thread.sleep(300);
        assertThat(second).isNotDone();
        go.countDown();
        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
        assertThat(made).containsExactly("first");
        assertThat(folder.resolve("checkpoint.safetensors")).doesNotExist();
        assertThat(folder.resolve("recipe.json")).content().isEqualToIgnoringWhitespace("\"recipe\"");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private TrainingFolder trainingFolder(String recipe) {
        return new TrainingFolder("regression", folder, recipe, UPDATES, 5);
    }

    @Test
    void aModelOfAnotherRecipeStaysUnlessItIsToBeForgotten() {
        List<String> made = new ArrayList<>();
        trainingFolder("one").train(false, loop -> made.add("one"));
        assertThatThrownBy(() -> trainingFolder("two").train(false, loop -> made.add("two")))
                .isInstanceOf(InputException.class).hasMessageContaining("holds a model of another recipe");
        trainingFolder("two").train(true, loop -> made.add("two"));
        assertThat(made).containsExactly("one", "two");
        try (Parameters none = Parameters.create(manager, Regression.shapes(), (n, s) -> new float[(int) s.size()])) {
            assertThatThrownBy(() -> trainingFolder("two").peek("mean", none))
                    .hasMessageContaining("the training is finished or has not begun");
        }
    }
}
