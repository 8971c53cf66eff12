package gift.image.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.image.Image;
import gift.image.Preprocess;
import gift.image.augment.RandAugment.Operation;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Against images that torchvision 0.28 made with Pillow 12.3 of {@code input.png}, which was painted for this test. Of the
 * random parts: what is drawn, and how often.
 */
class AugmentTest {
    private static Image read(String name) throws IOException {
        return Image.of(ImageIO.read(AugmentTest.class.getResource(name + ".png")));
    }

    private static Map<String, UnaryOperator<Image>> operations() {
        Map<String, UnaryOperator<Image>> all = new LinkedHashMap<>();
        all.put("brightness_0.6", image -> Colors.brightness(image, 0.6));
        all.put("brightness_1.4", image -> Colors.brightness(image, 1.4));
        all.put("contrast_0.7", image -> Colors.contrast(image, 0.7));
        all.put("contrast_1.35", image -> Colors.contrast(image, 1.35));
        all.put("saturation_0.8", image -> Colors.saturation(image, 0.8));
        all.put("saturation_1.2", image -> Colors.saturation(image, 1.2));
        all.put("hue_0.1", image -> Colors.hue(image, 0.1));
        all.put("hue_-0.07", image -> Colors.hue(image, -0.07));
        all.put("grey", Colors::grey);
        all.put("blur_0.1", image -> Blur.gaussian(image, 0.1));
        all.put("blur_0.8", image -> Blur.gaussian(image, 0.8));
        all.put("blur_2", image -> Blur.gaussian(image, 2));
        all.put("blur_20", image -> Blur.gaussian(image, 20));
        all.put("solarize_128", image -> Colors.solarize(image, 128));
        all.put("flip", Geometry::flip);
        all.put("crop", image -> Preprocess.resizedCrop(image, new Preprocess.Box(7, 9, 31, 44), 32));
        add(all, "ShearX", Operation.SHEAR_X, false);
        add(all, "ShearY", Operation.SHEAR_Y, true);
        add(all, "TranslateX", Operation.TRANSLATE_X, false);
        add(all, "TranslateY", Operation.TRANSLATE_Y, true);
        add(all, "Rotate", Operation.ROTATE, false);
        add(all, "Rotate_back", Operation.ROTATE, true);
        add(all, "Brightness", Operation.BRIGHTNESS, false);
        add(all, "Color", Operation.COLOR, true);
        add(all, "Contrast", Operation.CONTRAST, false);
        add(all, "Sharpness", Operation.SHARPNESS, false);
        add(all, "Sharpness_less", Operation.SHARPNESS, true);
        add(all, "Posterize", Operation.POSTERIZE, false);
        add(all, "Solarize", Operation.SOLARIZE, false);
        add(all, "AutoContrast", Operation.AUTO_CONTRAST, false);
        add(all, "Equalize", Operation.EQUALIZE, false);
        return all;
    }

    private static void add(Map<String, UnaryOperator<Image>> all, String name, Operation operation, boolean negative) {
        all.put("rand_" + name, image -> RandAugment.PUBLISHED.apply(image, operation, negative));
    }

    /** At most one level off, in at most one of a hundred pixels. */
    @TestFactory
    Iterable<DynamicTest> asTorchvision() {
        return operations().entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
            Image expected = read(entry.getKey());
            Image made = entry.getValue().apply(read("input"));
            assertThat(made.width()).isEqualTo(expected.width());
            int off = 0;
            int most = 0;
            for (int i = 0; i < expected.rgb().length; i++) {
                int difference = Math.abs((made.rgb()[i] & 0xff) - (expected.rgb()[i] & 0xff));
                off += difference > 0 ? 1 : 0;
                most = Math.max(most, difference);
            }
            assertThat(most).as("levels").isLessThanOrEqualTo(1);
            assertThat(off / (double) expected.rgb().length).as("share of the values").isLessThanOrEqualTo(0.01);
        })).toList();
    }

    @Test
    void aStreamDecidesTheView() throws IOException {
        Image input = read("input");
        ViewAugmentation views = new ViewAugmentation(32);
        Set<Integer> different = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Image view = views.first(input, RandomStream.of(1, "view", i));
            assertThat(view.width()).isEqualTo(32);
            assertThat(views.first(input, RandomStream.of(1, "view", i)).rgb()).isEqualTo(view.rgb());
            different.add(Arrays.hashCode(view.rgb()));
            assertThat(views.second(input, RandomStream.of(1, "view", i)).height()).isEqualTo(32);
            assertThat(views.fewShot(input, RandomStream.of(1, "view", i)).height()).isEqualTo(32);
        }
        assertThat(different).hasSize(20);
    }

    @Test
    void everyPairOfFourIsAsLikely() {
        int[] counts = new int[16];
        for (int i = 0; i < 12_000; i++) {
            int[] two = ViewAugmentation.twoOf(4, RandomStream.of(1, "two", i));
            counts[4 * two[0] + two[1]]++;
        }
        for (int k = 0; k < 16; k++) {
            if (k % 5 == 0) {
                assertThat(counts[k]).as("an image with itself").isZero();
            } else {
                assertThat(counts[k]).isCloseTo(1000, within(150)); // five deviations
            }
        }
    }

    @Test
    void blocksMaskAboutAsManyAsAsked() {
        BlockMasks blocks = new BlockMasks(14, 14);
        int sum = 0;
        for (int i = 0; i < 200; i++) {
            boolean[] mask = blocks.mask(60, RandomStream.of(1, "mask", i));
            int masked = 0;
            for (boolean m : mask) {
                masked += m ? 1 : 0;
            }
            assertThat(masked).isBetween(1, 60);
            sum += masked;
        }
        assertThat(sum / 200.0).isBetween(50.0, 60.0);
        assertThat(blocks.mask(0, RandomStream.of(1, "mask"))).doesNotContain(true);
    }
}
