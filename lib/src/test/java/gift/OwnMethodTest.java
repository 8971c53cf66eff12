package gift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.continual.LossTerms;
import gift.continual.Losses;
import gift.continual.Method;
import gift.continual.Method.Teacher;
import gift.continual.Methods;
import gift.continual.ReferencePairs;
import gift.continual.TaskBatches;
import gift.continual.TaskLoss;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.io.Json;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.tensor.NativeOps;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The example of CONTRIBUTING, "A method of your own", through public classes alone. */
class OwnMethodTest {
    private static final ClipConfig TINY =
            new ClipConfig(16, 16, List.of(1), 64, 8, 1, 8, 64, 32, 2, 1, Activation.QUICK_GELU);
    private static final long[][] TOKENS = {{62, 5, 63, 0, 0, 0, 0, 0}, {62, 9, 7, 63, 0, 0, 0, 0}};

    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    /** Squared distance of each image to its class prompt: 1/B sum_i |I_i - T_(label_i)|^2. */
    private static NDArray distance(TaskLoss.Seen seen) {
        NDArray own = NativeOps.rows(seen.textFeatures(), seen.labels());           // (B, D)
        return seen.imageFeatures().sub(own).square().sum(new int[] {1}).mean();
    }

    @Test
    void theExample() {
        Clip initial = Clip.random(TINY, manager, 1);
        Training training = new Training(4, 4, 4, 1e-3, 1, 0.2, 0, 0.999, 100, Training.Shortcuts.ALL);
        List<Map<String, Double>> log = new ArrayList<>();

        LossTerms.add("distance", seen -> distance(seen));
        Method mine = Methods.GIFT.withTeacher(Teacher.INITIAL).withTerm("distance", 0.1);
        try (Clip student = initial.copy();
                TaskTrainer trainer = new TaskTrainer(student, initial, mine, training, new Noise(), new NoisePairs())) {
            for (int i = 0; i < trainer.updates(); i++) {
                log.add(trainer.update(i));
            }
        }

        assertThat(log).hasSize(5).allSatisfy(losses -> {
            assertThat(losses.get("distance")).isBetween(0.0, 0.4);       // unit length: 0.1 times 4 at most
            double sum = losses.entrySet().stream().filter(e -> !e.getKey().equals("loss")).mapToDouble(Map.Entry::getValue).sum();
            assertThat(sum).isCloseTo(losses.get("loss"), within(1e-12));
        });
        assertThat(Json.line(mine)).endsWith("\"terms\":{\"distance\":0.1}}");
    }

    /** Images (1, 0) and (0, 1), both of class 0 with the prompt (1, 0): (0 + 2) / 2. */
    @Test
    void theLossOfTheExampleByHand() {
        NDArray images = manager.create(new float[] {1, 0, 0, 1}, new Shape(2, 2));
        TaskLoss.Seen seen = new TaskLoss.Seen(null, manager.create(new long[] {0, 0}), images, images.duplicate(), null);
        assertThat(distance(seen).getFloat()).isEqualTo(1);
    }

    /** A loss of two classes on the task's logits that is known here already: 1/4 log 1/4 + 3/4 log 3/4 and log 1/2. */
    @Test
    void theConfidenceOfPredictions() {
        NDArray logits = manager.create(new float[] {0, (float) Math.log(3), 5, 5}, new Shape(2, 2));
        assertThat(Losses.confidence(logits).getFloat()).isCloseTo(-0.627741f, within(2e-6f));
    }

    @Test
    void theExampleStandsInContributing() throws IOException {
        String contributing = Files.readString(Path.of("../CONTRIBUTING.md"));
        String here = Files.readString(Path.of("src/test/java/gift/OwnMethodTest.java"));
        Matcher block = Pattern.compile("(?s)```java\\n(.*?)```").matcher(contributing);
        assertThat(block.find()).isTrue();
        for (String line : block.group(1).lines().map(String::strip).filter(line -> !line.isEmpty()).toList()) {
            assertThat(here).contains(line);
        }
    }

    /** Four images of noise in two classes. */
    private static final class Noise implements TaskBatches {
        @Override
        public Batch batch(int iteration) {
            return new Batch(RandomStream.of(1, "pictures", iteration).normals(4 * 3 * 16 * 16, 1), new long[] {0, 1, 1, 0});
        }

        @Override
        public long[][] classTokens(int iteration) {
            return TOKENS;
        }
    }

    /** Four other images, of two texts. */
    private static final class NoisePairs implements ReferencePairs {
        @Override
        public int size() {
            return 4;
        }

        @Override
        public boolean fixed() {
            return true;
        }

        @Override
        public float[] image(int i, int iteration) {
            return RandomStream.of(1, "reference", i).normals(3 * 16 * 16, 1);
        }

        @Override
        public long[][] texts() {
            return TOKENS;
        }

        @Override
        public int text(int i) {
            return i % 2;
        }

        @Override
        public int[] batch(int iteration) {
            return new int[] {0, 1, 2, 3};
        }
    }
}
