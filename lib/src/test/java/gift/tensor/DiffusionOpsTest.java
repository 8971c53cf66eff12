package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operators of the diffusion models against the same in plain operations. */
class DiffusionOpsTest {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = Devices.newManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void attentionOfSeveralHeads() {
        NDArray q = random("q", 2, 5, 12);
        NDArray k = random("k", 2, 7, 12);
        NDArray v = random("v", 2, 7, 12);
        NDList heads = new NDList();
        for (int head = 0; head < 3; head++) {
            String part = ":, :, " + 4 * head + ":" + (4 * head + 4);
            NDArray scores = q.get(part).matMul(k.get(part).transpose(0, 2, 1)).div(2).softmax(-1); // sqrt(4) = 2
            heads.add(scores.matMul(v.get(part)));
        }
        assertClose(NativeOps.attention(q, k, v, 3, false), NDArrays.concat(heads, 2));
    }

    @Test
    void causalAttentionSeesNothingLater() {
        NDArray q = random("q", 1, 6, 8);
        NDArray k = random("k", 1, 6, 8);
        NDArray v = random("v", 1, 6, 8);
        NDArray whole = NativeOps.attention(q, k, v, 2, true);
        for (int t = 1; t <= 6; t++) {
            String first = ":, 0:" + t;
            NDArray last = NativeOps.attention(q.get(first), k.get(first), v.get(first), 2, false).get(":, -1");
            assertClose(whole.get(":, " + (t - 1)), last);
        }
    }

    @Test
    void attentionHoldsNoScores() throws IOException {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status), "resident memory is read from /proc");
        NDArray x = random("x", 1, 24576, 8);
        NativeOps.attention(x.get(":, 0:8"), x.get(":, 0:8"), x.get(":, 0:8"), 1, false); // loads what needs loading
        long before = peakKilobytes(status);
        NDArray y = NativeOps.attention(x, x, x, 1, false);
        assertThat(y.getShape()).isEqualTo(x.getShape());
        long scores = 24576L * 24576 * 4 / 1024; // 2.25 GiB
        assertThat(peakKilobytes(status) - before).isLessThan(scores / 4);
    }

    private static long peakKilobytes(Path status) throws IOException {
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }

    @Test
    void geglu() {
        NDArray x = random("x", 2, 3, 10);
        assertClose(NativeOps.geglu(x), x.get("..., 0:5").mul(Activation.gelu(x.get("..., 5:"))));
    }

    @Test
    void upsampleNearest() {
        NDArray x = manager.create(new float[] {1, 2, 3, 4}, new Shape(1, 1, 2, 2));
        assertThat(NativeOps.upsampleNearest(x, 4, 3).toFloatArray())
                .containsExactly(1, 1, 2, 1, 1, 2, 3, 3, 4, 3, 3, 4);
    }

    @Test
    void padRightBottom() {
        NDArray x = manager.create(new float[] {1, 2, 3, 4}, new Shape(1, 1, 2, 2));
        assertThat(NativeOps.padRightBottom(x).toFloatArray()).containsExactly(1, 2, 0, 3, 4, 0, 0, 0, 0);
    }

    @Test
    void groupNorm() {
        NDArray x = random("x", 2, 6, 4, 4);
        NDArray weight = random("weight", 6);
        NDArray bias = random("bias", 6);
        NDArray groups = x.reshape(2, 2, -1);
        NDArray centred = groups.sub(groups.mean(new int[] {2}, true));
        NDArray normal = centred.div(centred.square().mean(new int[] {2}, true).add(1e-6).sqrt()).reshape(2, 6, 4, 4);
        assertClose(NativeOps.groupNorm(x, 2, weight, bias, 1e-6),
                normal.mul(weight.reshape(1, 6, 1, 1)).add(bias.reshape(1, 6, 1, 1)));
    }

    private NDArray random(String name, long... shape) {
        Shape s = new Shape(shape);
        return manager.create(RandomStream.of(3, name).normals((int) s.size(), 1), s);
    }

    private static void assertClose(NDArray computed, NDArray expected) {
        assertThat(computed.getShape()).isEqualTo(expected.getShape());
        assertThat(computed.sub(expected).abs().max().toType(DataType.FLOAT32, false).getFloat()).isLessThan(2e-6f);
    }
}
