package gift.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Shared;
import gift.tensor.Devices;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The published code of He et al. 2023: head, tuning, filter. */
class RecognitionParityTest {
    @Test
    void allCasesAreWithinTolerance() {
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            RecognitionParity.run(Shared.require("parity/recognition"), manager, cases::add);
        }
        cases.forEach(System.out::println);
        assertThat(cases).hasSizeGreaterThan(60).allMatch(ParityCase::passed);
    }
}
