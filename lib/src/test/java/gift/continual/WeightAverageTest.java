package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.continual.Method.Towards;
import gift.tensor.Devices;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of one weight that starts at 10, was 20 in the pretrained model, and that the optimizer moves, worked out by hand. */
class WeightAverageTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private Parameters weight(float value) {
        return Parameters.create(manager, Map.of("x", new Shape(1)), (name, size) -> new float[] {value});
    }

    /** The weight after each update, where update i adds {@code steps[i]}, and at the end of the task. */
    private float[] course(Method method, float... steps) {
        float[] course = new float[steps.length + 1];
        try (Parameters x = weight(10);
                Parameters start = x.copy();
                Parameters initial = weight(20);
                WeightAverage average = new WeightAverage(method, x, start, initial)) {
            for (int i = 0; i < steps.length; i++) {
                float moved = x.get("x").toFloatArray()[0] + steps[i];
                Scopes.withoutGradients(() -> {
                    NDArray value = manager.create(new float[] {moved});
                    NativeOps.copy(x.get("x"), value);
                });
                average.afterStep(i);
                course[i] = x.get("x").toFloatArray()[0];
            }
            average.atEnd();
            course[steps.length] = x.get("x").toFloatArray()[0];
        }
        return course;
    }

    private static Method every(Method method, int updates) {
        return method.withAverageEvery(updates);
    }

    /** Snapshots after updates 0, 2 and 4: (10 + 11 + 14 + 20) / 4 = 13.75; training itself is not touched. */
    @Test
    void ensemble() {
        assertThat(course(every(Methods.WE, 2), 1, 1, 2, 3, 3))
                .containsExactly(new float[] {11, 12, 14, 17, 20, 13.75f}, within(1e-5f));
    }

    /** After updates 0 and 2: 0.9 x 12 + 0.1 x 10 = 11.8; 11.8 + 2 = 13.8; 0.9 x 15.8 + 1 = 15.22. */
    @Test
    void movingAverageGoesTowardsTheStartOfTheTask() {
        assertThat(course(every(Methods.EMA, 2), 2, 2, 2))
                .containsExactly(new float[] {11.8f, 13.8f, 15.22f, 15.22f}, within(1e-5f));
    }

    /** 0.8 x 15 + 0.2 x 10 = 14, once, at the end. */
    @Test
    void wiseFtMergesAtTheEndOfTheTask() {
        assertThat(course(Methods.WISE_FT, 2, 3)).containsExactly(new float[] {12, 15, 14}, within(1e-5f));
    }

    /** (10 + 11) / 2 = 10.5, half of it and of 10: 10.25; with 14 (2 x 10.25 + 14) / 3 = 11.5, half of it and of 10: 10.75. */
    @Test
    void ensembleWithWiseFtInEverySnapshot() {
        assertThat(course(every(Methods.WE_WISE.withAverageDecay(0.5), 2), 1, 1, 2))
                .containsExactly(new float[] {11, 12, 14, 10.75f}, within(1e-5f));
    }

    /** 0.9 x 12 + 0.1 x 10 = 11.8, as before; then towards 12, what was averaged last: 0.9 x 15.8 + 0.1 x 12 = 15.42. */
    @Test
    void movingAverageTowardsTheWeightsBeforeTheLastOne() {
        assertThat(course(every(Methods.EMA.withAverageTowards(Towards.LAST), 2), 2, 2, 2))
                .containsExactly(new float[] {11.8f, 13.8f, 15.42f, 15.42f}, within(1e-5f));
    }

    /** 0.9 x 12 + 0.1 x 20 = 12.8; 0.9 x 16.8 + 2 = 17.12. */
    @Test
    void movingAverageTowardsThePretrainedWeights() {
        assertThat(course(every(Methods.EMA.withAverageTowards(Towards.INITIAL), 2), 2, 2, 2))
                .containsExactly(new float[] {12.8f, 14.8f, 17.12f, 17.12f}, within(1e-5f));
    }

    /** 0.8 x 15 + 0.2 x 20 = 16. */
    @Test
    void wiseFtWithThePretrainedWeights() {
        assertThat(course(Methods.WISE_FT.withAverageTowards(Towards.INITIAL), 2, 3))
                .containsExactly(new float[] {12, 15, 16}, within(1e-5f));
    }

    /** merge:0.3 with 10 initially and 20 before the task: 0.3 x 10 + 0.7 x 20 = 17. */
    @Test
    void mergedTeacher() {
        try (Parameters initial = weight(10); Parameters previous = weight(20)) {
            previous.lerp(initial, Method.Teacher.parse("merge:0.3").initialShare());
            assertThat(previous.get("x").toFloatArray()).containsExactly(new float[] {17}, within(1e-5f));
        }
    }
}
