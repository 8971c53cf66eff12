package gift.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Shared;
import gift.tensor.Devices;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplingParityTest {
    @Test
    void schedulersEqualTheReference() {
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            SchedulerParity.run(Shared.require("parity/diffusion/schedulers"), manager, cases::add);
        }
        assertThat(cases).hasSize(26).allMatch(ParityCase::passed);
    }

    @Test
    void wholeLoopsEqualTheReference() {
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            PipelineParity.run(Shared.require("parity/diffusion/pipeline"), manager, cases::add);
            assertThat(manager.getManagedArrays()).isEmpty();
        }
        assertThat(cases).hasSize(8).allMatch(ParityCase::passed);
    }
}
