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

class DiffusionParityTest {
    @Test
    void modelsEqualDiffusers() {
        Path folder = Shared.require("parity/diffusion");
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            DiffusionParity.run(folder, manager, cases::add);
        }
        assertThat(cases).extracting(ParityCase::name).contains("diffusion/unet", "diffusion/unet/nonsquare",
                "diffusion/vae/encode/mean", "diffusion/vae/encode/deviation", "diffusion/vae/decode",
                "diffusion/text_encoder");
        assertThat(cases).allMatch(ParityCase::passed);
    }
}
