package gift.continual;

import static gift.continual.TinyTask.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.continual.Method.Averaging;
import gift.io.Json;
import gift.tensor.Devices;
import gift.train.TrainingLoop;
import gift.train.UpdateLosses;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses that are read when the next update has begun, as on a GPU: the same files and weights as those read at once. */
class LateLossesTest {
    private static final String SWITCH = "gift.kernel.late_losses";
    private static final int UPDATES = 13;
    private static final int NEVER = -1;

    private final NDManager manager = Devices.newManager(Device.cpu());
    private Clip start;

    @TempDir
    Path folder;

    @BeforeEach
    void model() {
        start = Clip.random(TinyTask.CONFIG, manager, 1);
        System.setProperty(SWITCH, "on");
    }

    @AfterEach
    void close() {
        System.clearProperty(SWITCH);
        manager.close();
    }

    private static Training training(String compute) {
        Training training = new Training(UPDATES - 1, 6, 6, 1e-3, 3, 0.2, 0.05, 0.999, 100, Training.Shortcuts.ALL);
        return compute.equals("fp32") ? training : Json.with("compute", Json.toTree(Map.of("compute", compute)), Training.class,
                training);
    }

    /** A task whose image of one update is no number. */
    private static TaskBatches brokenAt(int broken) {
        TinyTask whole = new TinyTask();
        return new TaskBatches() {
            @Override
            public Batch batch(int iteration) {
                Batch batch = whole.batch(iteration);
                batch.images()[0] = iteration == broken ? Float.NaN : batch.images()[0];
                return batch;
            }

            @Override
            public long[][] classTokens(int iteration) {
                return whole.classTokens(iteration);
            }
        };
    }

    private TrainingLoop loop(String name) {
        return TrainingLoop.of("task", folder.resolve(name), "a task", UPDATES).withCheckpointEvery(4);
    }

    /** The weights after the loop; with a broken image those that the loop leaves when it throws. */
    private Map<String, float[]> train(String name, Method method, String compute, int broken) {
        try (Clip student = start.copy(); TaskTrainer trainer = new TaskTrainer(
                student, start, method, training(compute), brokenAt(broken), new TinyTask.Pairs())) {
            if (broken == NEVER) {
                loop(name).run(trainer, manager);
            } else {
                assertThatThrownBy(() -> loop(name).run(trainer, manager)).isInstanceOf(ArithmeticException.class)
                        .hasMessage("the loss cross_entropy is NaN at update " + broken + ": a lower learning rate may help");
            }
            return values(student);
        }
    }

    private static void assertSame(Map<String, float[]> some, Map<String, float[]> others) {
        others.forEach((name, weights) -> assertThat(some.get(name)).as(name).isEqualTo(weights));
    }

    @ParameterizedTest
    @CsvSource({"fp32, NONE", "fp16, NONE", "fp32, ENSEMBLE", "fp32, MOVING"})
    void theLogAndTheWeightsAreThoseOfLossesReadAtOnce(String compute, Averaging averaging) {
        Method method = Methods.GIFT.withAveraging(averaging).withAverageEvery(3);
        Map<String, float[]> late = train("late", method, compute, NEVER);
        System.setProperty(SWITCH, "off");
        assertSame(late, train("at once", method, compute, NEVER));
        assertThat(folder.resolve("late/losses.csv")).hasSameTextualContentAs(folder.resolve("at once/losses.csv"));
        assertThat(folder.resolve("late/checkpoint.safetensors")).hasSameBinaryContentAs(folder.resolve("at once/checkpoint.safetensors"));
    }

    @Test
    void anUpdateWaitsOnlyBeforeWeightsAreAveraged() {
        Method method = Methods.GIFT.withAveraging(Averaging.ENSEMBLE).withAverageEvery(3);
        try (Clip student = start.copy(); TaskTrainer trainer = new TaskTrainer(
                student, start, method, training("fp32"), brokenAt(NEVER), new TinyTask.Pairs())) {
            for (int i = 0; i < UPDATES; i++) {
                UpdateLosses losses = trainer.begin(i);
                assertThat(losses.known()).as("update " + i).isEqualTo(i % 3 == 0 || i == UPDATES - 1);
                assertThat(losses.read()).containsKey("loss");
            }
        }
    }

    /** Update 6 is not finite; update 7 has begun when it is read, and 7 is the last before a checkpoint, which is not written. */
    @ParameterizedTest
    @CsvSource({"fp32, 6", "fp32, 7", "fp16, 6"})
    void aLossThatIsNotANumberLeavesTheWeightsBeforeItsUpdate(String compute, int broken) {
        Map<String, float[]> left = train("broken", Methods.GIFT, compute, broken);
        try (Clip student = start.copy(); TaskTrainer trainer = new TaskTrainer(
                student, start, Methods.GIFT, training(compute), brokenAt(NEVER), new TinyTask.Pairs())) {
            for (int i = 0; i < broken; i++) {
                trainer.update(i);
            }
            assertSame(left, values(student));
        }
    }

    @Test
    void goesOnFromTheLastCheckpointAsIfItHadNotStopped() {
        train("stopped", Methods.GIFT, "fp32", 10);
        Map<String, float[]> resumed = train("stopped", Methods.GIFT, "fp32", NEVER);
        assertSame(resumed, train("whole", Methods.GIFT, "fp32", NEVER));
        assertThat(folder.resolve("stopped/losses.csv")).hasSameTextualContentAs(folder.resolve("whole/losses.csv"));
    }
}
