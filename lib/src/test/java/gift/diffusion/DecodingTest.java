package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.Numbers;
import gift.image.Image;
import gift.tensor.Devices;
import gift.tensor.Kernel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DecodingTest {
    /** Six latents together and one by one, at most one level of 255 apart; and six images to latents. */
    @Test
    void severalAtATime() {
        try (NDManager manager = Devices.newManager(Device.cpu());
                Autoencoder autoencoder = Autoencoder.load(Path.of("../data/mini/stable-diffusion/vae"), manager)) {
            LatentImages images = new LatentImages(autoencoder);
            NDArray latents = Numbers.normal(manager, "latents", 6, 4, 8, 8);
            List<Image> alone = Kernel.DECODING.with(false, () -> images.decode(latents));
            List<Image> together = Kernel.DECODING.with(true, () -> images.decode(latents));
            assertThat(together).hasSize(6);
            for (int i = 0; i < 6; i++) {
                byte[] a = alone.get(i).rgb();
                byte[] b = together.get(i).rgb();
                for (int k = 0; k < a.length; k++) {
                    assertThat((a[k] & 0xff) - (b[k] & 0xff)).isBetween(-1, 1);
                }
            }
            NDArray pixels = Numbers.normal(manager, "pixels", 6, 3, 32, 32);
            Supplier<float[]> back = () -> images.encode(pixels).toFloatArray();
            assertThat(Numbers.difference(Kernel.DECODING.with(true, back), Kernel.DECODING.with(false, back))).isLessThan(5e-6);
        }
    }
}
