package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.Numbers;
import gift.image.Image;
import gift.tensor.Devices;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecodingTest {
    /** Six latents, by fours and one by one: on a CPU at most one level of 255 apart. */
    @Test
    void severalAtATime() {
        try (NDManager manager = Devices.newManager(Device.cpu());
                Autoencoder autoencoder = Autoencoder.load(Path.of("../data/mini/stable-diffusion/vae"), manager)) {
            LatentImages images = new LatentImages(autoencoder);
            NDArray latents = Numbers.normal(manager, "latents", 6, 4, 8, 8);
            List<Image> alone = images.decode(latents);
            System.setProperty("gift.kernel.decoding", "on");
            try {
                List<Image> together = images.decode(latents);
                assertThat(together).hasSize(6);
                for (int i = 0; i < 6; i++) {
                    byte[] a = alone.get(i).rgb();
                    byte[] b = together.get(i).rgb();
                    for (int k = 0; k < a.length; k++) {
                        assertThat((a[k] & 0xff) - (b[k] & 0xff)).isBetween(-1, 1);
                    }
                }
            } finally {
                System.clearProperty("gift.kernel.decoding");
            }
        }
    }
}
