package gift.nn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.AdamW;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.NativeOps;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinearProbeTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    /** (1, 2) times [[1, 0], [3, -1]] is (1, 1); a bias of zero. */
    @Test
    void logitsAreThoseByHand() {
        NDArray weight = manager.create(new float[] {1, 0, 3, -1}, new Shape(2, 2));
        try (LinearProbe probe = LinearProbe.of(manager, weight)) {
            assertThat(probe.logits(manager.create(new float[] {1, 2}, new Shape(1, 2))).toFloatArray()).containsExactly(1, 1);
            assertThat(probe.bias().toFloatArray()).containsExactly(0, 0);
            assertThat(probe.parameters().trained().keySet()).containsExactly("weight", "bias");
        }
    }

    /** Three classes of points around (2, 0), (-1, 2) and (-1, -2). */
    @Test
    void learnsClassesThatLinesSeparate() {
        float[][] centres = {{2, 0}, {-1, 2}, {-1, -2}};
        float[] points = new float[2 * 30];
        long[] labels = new long[30];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 3;
            points[2 * i] = centres[i % 3][0] + 0.05f * (i % 7);
            points[2 * i + 1] = centres[i % 3][1] - 0.05f * (i % 5);
        }
        NDArray features = manager.create(points, new Shape(30, 2));
        NDArray answers = manager.create(labels);
        try (LinearProbe probe = LinearProbe.zeros(manager, 2, 3);
                AdamW optimizer = new AdamW(probe.parameters(), AdamW.Settings.DEFAULT)) {
            float loss = 0;
            for (int i = 0; i < 100; i++) {
                probe.parameters().zeroGradients();
                try (Gradients recording = Gradients.record()) {
                    NDArray value = NativeOps.crossEntropy(probe.logits(features), answers, 0);
                    recording.backward(value);
                    optimizer.step(probe.parameters().gradients(), 0.1);
                    loss = value.getFloat();
                }
            }
            assertThat(loss).isLessThan(0.01f);
            assertThat(probe.logits(features).argMax(1).toLongArray()).isEqualTo(labels);
        }
    }
}
