package gift.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import gift.tensor.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map.Entry;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every rule against values of diffusers 0.40, measured as the README beside {@code schedulers.json} says. */
class SchedulerReferenceTest {
    private static final int SIZE = 12;
    private static final double STEP = 1e-5;
    private static final double LOOP = 1e-3;
    private static final double FRACTION_OF_A_TIMESTEP = 1e-3;

    /** Largest differences of one case, relative to the largest reference value of a step. */
    private record Differences(double start, double step, double loop) {}

    private static JsonNode cases() {
        try (InputStream in = SchedulerReferenceTest.class.getResourceAsStream("schedulers.json")) {
            return Json.parsePython("schedulers.json", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> everyCase() {
        return cases().properties().stream().map(one -> DynamicTest.dynamicTest(one.getKey(), () -> compare(one)));
    }

    private static void compare(Entry<String, JsonNode> one) {
        JsonNode expected = one.getValue();
        SchedulerConfig config = SchedulerConfig.of(one.getKey(), expected.get("config"));
        int steps = expected.get("steps").asInt();
        int kept = expected.path("kept").asInt(steps);
        try (NDManager manager = Devices.newManager(Device.cpu()); NDScope scope = new NDScope();
                Scheduler scheduler = config.create(config.kind(), steps, kept, expected.path("eta").asDouble());
                Scheduler again = config.create(config.kind(), steps, kept, expected.path("eta").asDouble())) {
            scope.suppressNotUsedWarning();
            times(scheduler, expected.get("timesteps"));
            NDArray normal = latent(manager, k -> 1.5 * Math.sin(1.3 * k + 0.7));
            NDArray start = expected.has("kept")
                    ? scheduler.begin(latent(manager, k -> 0.8 * Math.cos(0.9 * k + 0.2)), normal) : scheduler.begin(normal);
            Differences d = run(manager, scheduler, again, start, expected);
            assertThat(d.start).as("start").isLessThan(STEP);
            assertThat(d.step).as("single steps").isLessThan(STEP);
            assertThat(d.loop).as("loop").isLessThan(LOOP);
        }
    }

    /** Whole timesteps are exact. */
    private static void times(Scheduler scheduler, JsonNode expected) {
        assertThat(scheduler.timesteps()).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            double theirs = expected.get(i).asDouble();
            double tolerance = theirs == Math.rint(theirs) ? 0 : FRACTION_OF_A_TIMESTEP;
            assertThat((double) scheduler.time(i)).as("timestep of call " + i).isBetween(theirs - tolerance, theirs + tolerance);
        }
    }

    /** One run of single steps, each from the reference's latent, and one that goes on from its own. */
    private static Differences run(NDManager manager, Scheduler single, Scheduler loop, NDArray start, JsonNode expected) {
        float[] first = floats(expected.get("start"));
        double ofStep = 0;
        double ofLoop = 0;
        NDArray x = start;
        NDArray theirs = manager.create(first, start.getShape());
        for (int i = 0; i < expected.get("trajectory").size(); i++) {
            int call = i;
            Supplier<NDArray> fresh = () -> latent(manager, k -> 1.2 * Math.cos(1.7 * k + call + 0.3));
            float[] next = floats(expected.get("trajectory").get(i));
            ofStep = Math.max(ofStep, difference(single.step(answer(single, theirs, i), i, theirs, fresh), next));
            x = loop.step(answer(loop, x, i), i, x, fresh);
            ofLoop = Math.max(ofLoop, difference(x, next));
            theirs = manager.create(next, start.getShape());
        }
        return new Differences(difference(start, first), ofStep, ofLoop);
    }

    /** Stands for a model: 0.7 x + 0.1 sin(i + 1) at call i. */
    private static NDArray answer(Scheduler scheduler, NDArray x, int i) {
        return scheduler.input(x, i).mul(0.7).add(0.1 * Math.sin(i + 1));
    }

    private static NDArray latent(NDManager manager, IntToDoubleFunction value) {
        float[] values = new float[SIZE];
        IntStream.range(0, SIZE).forEach(k -> values[k] = (float) value.applyAsDouble(k));
        return manager.create(values, new Shape(2, 1, 2, 3));
    }

    private static float[] floats(JsonNode values) {
        float[] floats = new float[values.size()];
        IntStream.range(0, floats.length).forEach(k -> floats[k] = (float) values.get(k).asDouble());
        return floats;
    }

    private static double difference(NDArray computed, float[] reference) {
        float[] ours = computed.toFloatArray();
        double largest = 0;
        double difference = 0;
        for (int k = 0; k < reference.length; k++) {
            largest = Math.max(largest, Math.abs(reference[k]));
            difference = Math.max(difference, Math.abs((double) ours[k] - reference[k]));
        }
        return Double.isFinite(ours[0]) ? difference / largest : Double.POSITIVE_INFINITY;
    }
}
