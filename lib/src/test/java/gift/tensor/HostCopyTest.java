package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import gift.Numbers;
import gift.tensor.machine.TorchSwitches;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reads from a GPU, on a CPU: the copy itself, and what tells one GPU from another. */
class HostCopyTest {
    @Test
    void theCopyHasTheValuesAndLeavesNothing() {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            NDArray floats = manager.create(new float[] {1.5f, -2, 3});
            NDArray longs = manager.create(new long[] {1L << 40, -7});
            HostCopy.copied(floats).close();
            int open = Numbers.openArrays(manager);
            int own = manager.getManagedArrays().size();
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                try (NDArray a = HostCopy.copied(floats); NDArray b = HostCopy.copied(longs)) {
                    assertThat(a.toFloatArray()).containsExactly(1.5f, -2, 3);
                    assertThat(b.toLongArray()).containsExactly(1L << 40, -7);
                    Scopes.withoutGradients(() -> {
                        floats.addi(1);
                    });
                    assertThat(a.toFloatArray()).startsWith(1.5f); // a copy, also on the host
                }
            }
            assertThat(Numbers.openArrays(manager)).isEqualTo(open);
            assertThat(manager.getManagedArrays()).hasSize(own);
            assertThat(HostCopy.floats(floats)).containsExactly(2.5f, -1, 4);
            assertThat(HostCopy.longs(longs)).containsExactly(1L << 40, -7);
        }
    }

    @Test
    void gpus() {
        assertThat(Gpus.place(1, null)).isEqualTo("1");
        assertThat(Gpus.place(0, "3, 5")).isEqualTo("3");
        assertThat(Gpus.place(1, "GPU-1a,GPU-2b")).isEqualTo("GPU-2b");
        assertThat(Gpus.tf32(Map.of("HOME", "/"))).isEmpty();
        assertThat(Gpus.tf32(Map.of("NVIDIA_TF32_OVERRIDE", "0"))).isEqualTo("NVIDIA_TF32_OVERRIDE=0");
        if (!Gpus.cudaBuild()) {
            assertThat(Devices.gpus()).isZero();
        }
    }

    @Test
    void libtorchHasTheSwitchOfTf32() {
        assertThat(TorchSwitches.tf32(true)).isTrue();
        assertThat(TorchSwitches.tf32(false)).isTrue();
    }
}
