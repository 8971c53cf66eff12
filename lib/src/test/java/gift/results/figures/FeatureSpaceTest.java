package gift.results.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.mini.World;
import gift.tensor.Devices;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureSpaceTest {
    /** Two points along (1, 2, 0), a distance of 4 sqrt(5) apart, and two along the third axis, a distance of 2. */
    @Test
    void theTwoDirectionsInWhichPointsVaryMost() {
        double[][] places = PrincipalPlane.of(new double[][] {{-2, -4, 1}, {2, 4, 1}, {0, 0, 2}, {0, 0, 0}});
        assertThat(places[1][0] - places[0][0]).isEqualTo(4 * Math.sqrt(5), within(1e-12));
        assertThat(places[2][1] - places[3][1]).isEqualTo(2, within(1e-12)); // the larger value is up
        assertThat(places[0][1]).isEqualTo(0, within(1e-12));
        
    }

    @Test
    void theSameImagesOfEveryModel() {
        Path folder = Path.of("../data/mini/clip");
        try (NDManager manager = Devices.newManager(Device.cpu()); Clip clip = ClipWeights.load(folder, manager);
                Clip other = clip.copy()) {
            Map<String, Clip> models = new LinkedHashMap<>();
            models.put("before", clip);
            models.put("after", other);
            Figure figure = Plots.features("features", models, Tokenizer.load(folder), World.open("pets"));
            assertThat(figure.panels()).hasSize(2);
            assertThat(figure.legend()).hasSize(7);
            BufferedImage image = figure.image(1);
            int drawn = 0;
            for (int x = 0; x < image.getWidth(); x++) {
                drawn += image.getRGB(x, image.getHeight() / 2) == 0xffffffff ? 0 : 1;
            }
            assertThat(drawn).isGreaterThan(20);
        }
    }
}
