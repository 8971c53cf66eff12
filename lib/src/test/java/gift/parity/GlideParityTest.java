package gift.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Shared;
import gift.tensor.Devices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GlideParityTest {
    @Test
    void samplersEqualThePublishedCode() {
        Path folder = Shared.require("parity/recognition");
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            GlideParity.run(folder, manager, cases::add);
            assertThat(manager.getManagedArrays()).isEmpty();
        }
        assertThat(cases).hasSize(36).allMatch(ParityCase::passed);
    }
}
