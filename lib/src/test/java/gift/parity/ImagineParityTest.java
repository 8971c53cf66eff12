package gift.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Shared;
import gift.tensor.Devices;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The values of the published code of ImagineFSL. */
class ImagineParityTest {
    @Test
    void everyCaseIsWithinItsTolerance() {
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            ImagineParity.run(Shared.require("parity/imaginefsl"), manager, cases::add);
        }
        assertThat(cases).hasSizeGreaterThan(50).allMatch(ParityCase::passed);
    }
}
