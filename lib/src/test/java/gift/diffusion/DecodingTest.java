package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.Numbers;
import gift.tensor.Devices;
import gift.tensor.Kernel;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DecodingTest {
    /** Six latents together and one by one: on a CPU the same bits. */
    @Test
    void severalAtATime() {
        try (NDManager manager = Devices.newManager(Device.cpu());
                Autoencoder autoencoder = Autoencoder.load(Path.of("../data/mini/stable-diffusion/vae"), manager)) {
            LatentImages images = new LatentImages(autoencoder);
            NDArray latents = Numbers.normal(manager, "latents", 6, 4, 8, 8);
            Supplier<float[]> there = () -> images.values(latents).toFloatArray();
            assertThat(Kernel.DECODING.with(true, there)).isEqualTo(Kernel.DECODING.with(false, there));
            NDArray pixels = Numbers.normal(manager, "pixels", 6, 3, 32, 32);
            Supplier<float[]> back = () -> images.encode(pixels).toFloatArray();
            assertThat(Kernel.DECODING.with(true, back)).isEqualTo(Kernel.DECODING.with(false, back));
        }
    }
}
