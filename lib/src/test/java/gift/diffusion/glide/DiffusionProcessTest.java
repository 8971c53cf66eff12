package gift.diffusion.glide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.tensor.Devices;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The equations, with numbers worked out by hand. */
class DiffusionProcessTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray pixel(float... channels) {
        return manager.create(channels, new Shape(1, channels.length, 1, 1));
    }

    private static void assertValue(NDArray array, double expected) {
        assertThat((double) array.toFloatArray()[0]).isCloseTo(expected, Offset.offset(2e-6));
    }

    @Test
    void timestepsThatAreKept() {
        assertThat(Respacing.timesteps(300, "2,3,1")).containsExactly(0, 99, 100, 150, 199, 200); // 149.5 and 150: to even
        assertThat(Respacing.timesteps(10, "ddim5")).containsExactly(0, 2, 4, 6, 8);
        assertThat(Respacing.timesteps(5, "")).containsExactly(0, 1, 2, 3, 4);
        assertThat(Respacing.timesteps(1000, "fast27")).hasSize(27).endsWith(799, 800, 997).startsWith(0, 22);
        assertThatThrownBy(() -> DiffusionProcess.cosine("1")).isInstanceOf(InputException.class).hasMessageContaining("2");
        assertThatThrownBy(() -> Respacing.timesteps(1000, "fast")).isInstanceOf(InputException.class)
                .hasMessageContaining("'fast'");
        assertThatThrownBy(() -> Respacing.timesteps(10, "8,8")).isInstanceOf(InputException.class).hasMessageContaining("5");
        assertThatThrownBy(() -> Respacing.timesteps(10, "ddim7")).isInstanceOf(InputException.class).hasMessageContaining("7");
    }

    /** Timestep 0 of the linear schedule: a = 1 - 1e-4. */
    @Test
    void theLastStepGivesTheCleanImage() {
        DiffusionProcess process = DiffusionProcess.linear("");
        assertThat(process.alphaBar(0)).isCloseTo(0.9999, Offset.offset(1e-15));
        assertValue(process.noised(pixel(1), 0, pixel(2)), 0.999950 + 0.01 * 2);        // sqrt(0.9999), sqrt(0.0001)
        NDArray answer = pixel(0.1f, 0);                                                // noise 0.1
        assertValue(process.ancestral(answer, pixel(0.5f), 0, null), (0.5 - 0.01 * 0.1) / 0.999950);
        assertValue(process.ddim(answer, pixel(0.5f), 0), 0.499025);
        assertValue(process.ddim(answer, pixel(3), 0), 1);                              // clipped
    }

    /** At v = 1 beta, at v = -1 the variance of q(x_(t-1) | x_t, x_0), between them their geometric mean. */
    @Test
    void varianceBetweenItsBounds() {
        DiffusionProcess process = DiffusionProcess.linear("ddim2");                    // 0 and 500
        double a0 = process.alphaBar(0);
        double a1 = process.alphaBar(1);
        double beta = 1 - a1 / a0;
        double posterior = beta * (1 - a0) / (1 - a1);
        assertValue(process.predicted(pixel(0, 1), pixel(0), 1).logVariance(), Math.log(beta));
        assertValue(process.predicted(pixel(0, -1), pixel(0), 1).logVariance(), Math.log(posterior));
        assertValue(process.predicted(pixel(0, 0), pixel(0), 1).logVariance(), (Math.log(beta) + Math.log(posterior)) / 2);
        assertThat(process.posteriorLogVariance(0)).isEqualTo(process.posteriorLogVariance(1));
        assertThat(process.weightOfClean(0)).isCloseTo(1, Offset.offset(1e-12));
        assertThat(process.weightOfSample(0)).isZero();
    }

    /** Noise 1 without and 3 with the text, scale 2.5: 1 + 2.5 (3 - 1) = 6; the variance is that with the text. */
    @Test
    void guidance() {
        assertThat(Reverse.guided(pixel(3, 0.2f), pixel(1, 0.9f), 2.5).toFloatArray()).containsExactly(6, 0.2f);
        assertThat(Reverse.rounded(pixel(0.1f)).toFloatArray()[0]).isEqualTo(140 / 127.5f - 1); // 1.1 x 127.5 = 140.25
    }
}
