package gift.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Shared;
import gift.tensor.Devices;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The values of ZSCL's class-incremental code. */
class CilParityTest {
    @Test
    void everyCaseIsWithinItsTolerance() {
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            new CilParity(Shared.require("parity/cil"), manager).run(cases::add);
        }
        assertThat(cases).allMatch(ParityCase::passed);
        assertThat(cases).extracting(one -> one.name().split("/")[1]).contains("protocol", "zscl", "zscl_without_we",
                "finetune_l2_wd", "lwf_teacher_is_the_student", "zscl_37_updates", "class_incremental_run", "metrics", "herding");
    }
}
