package gift.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gift.Shared;
import gift.image.Preprocess.Box;
import gift.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PreprocessTest {
    /** The tolerance would be one level in one per cent of the pixels; there is no difference at all. */
    @Test
    void agreesWithPillowToTheLastBit() throws IOException {
        Path folder = Shared.require("parity/preprocess");
        JsonNode images = new ObjectMapper().readTree(folder.resolve("manifest.json").toFile()).get("images");
        assertThat(images).hasSize(7);
        for (JsonNode image : images) {
            Image input = ImageFiles.read(folder.resolve(image.get("input").textValue()));
            assertThat(input.width()).isEqualTo(image.get("width").intValue());
            assertThat(input.height()).isEqualTo(image.get("height").intValue());
            JsonNode c = image.get("crop224");
            Box box = new Box(c.get("top").intValue(), c.get("left").intValue(), c.get("height").intValue(),
                    c.get("width").intValue());
            same(Preprocess.evaluation(input, 224), folder, image.get("val224"));
            same(Preprocess.resizedCrop(input, box, 224), folder, c.get("file"));
            same(Preprocess.resizeShorterSide(input, 64), folder, image.get("resize64_shorter_side"));
        }
    }

    @Test
    void normalizesAsTorch() {
        Path folder = Shared.require("parity/preprocess");
        float[] all = Preprocess.normalize(ImageFiles.read(folder.resolve("00_val224.png")));
        try (SafeTensors file = SafeTensors.open(folder.resolve("normalized_00_stride8.safetensors"))) {
            float[] expected = file.floats(file.entries().keySet().iterator().next()); // (3, 28, 28)
            for (int c = 0, i = 0; c < 3; c++) {
                for (int y = 0; y < 224; y += 8) {
                    for (int x = 0; x < 224; x += 8, i++) {
                        assertThat(all[(c * 224 + y) * 224 + x]).isEqualTo(expected[i]);
                    }
                }
            }
        }
    }

    @Test
    void normalizationByHand() {
        Image one = new Image(1, 1, new byte[] {0, (byte) 128, (byte) 255});
        assertThat(Preprocess.normalize(one, new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.5f, 0.5f, 0.25f}))
                .containsExactly(new float[] {-1f, 0.003921628f, 2f}, Offset.offset(1e-7f));
    }

    @Test
    void aPlainImageStaysPlainAtAnySize() {
        byte[] rgb = new byte[3 * 37 * 23];
        java.util.Arrays.fill(rgb, (byte) 200);
        for (int size : new int[] {1, 2, 22, 23, 36, 37, 38, 100, 301}) {
            assertThat(Preprocess.resize(new Image(37, 23, rgb), size, 301 - size + 1).rgb()).containsOnly(200);
        }
        assertThatThrownBy(() -> Preprocess.resize(new Image(37, 23, rgb), 0, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLongSideIsTruncated() {
        // 224 * 500 / 333 = 336.3..; 224 * 398 / 164 = 543.6..
        assertThat(Preprocess.resizeShorterSide(ramp(500, 333), 224).width()).isEqualTo(336);
        assertThat(Preprocess.resizeShorterSide(ramp(164, 398), 224).height()).isEqualTo(543);
        Image right = ramp(10, 12);
        assertThat(Preprocess.resizeShorterSide(right, 10).rgb()).isEqualTo(right.rgb());
    }

    @Test
    void theCropOffsetRoundsHalfToEven() {
        assertThat(Preprocess.centerCrop(ramp(7, 4), 4).get(0, 0, 0)).isEqualTo(2); // 1.5 -> 2
        assertThat(Preprocess.centerCrop(ramp(5, 4), 4).get(0, 0, 0)).isEqualTo(0); // 0.5 -> 0
        assertThat(Preprocess.centerCrop(ramp(9, 4), 4).get(0, 0, 0)).isEqualTo(2); // 2.5 -> 2
    }

    @Test
    void aSmallImageIsPaddedWithBlack() {
        Image padded = Preprocess.centerCrop(new Image(1, 2, new byte[] {9, 9, 9, 8, 8, 8}), 4);
        int[] reds = new int[16];
        for (int i = 0; i < 16; i++) {
            reds[i] = padded.get(i % 4, i / 4, 0);
        }
        assertThat(reds).containsExactly(0, 0, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0);
        assertThatThrownBy(() -> Preprocess.crop(padded, 0, 1, 4, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void randomBoxesKeepTheirBounds() {
        SplittableRandom random = new SplittableRandom(1);
        double smallest = 1;
        double widest = 0;
        for (int i = 0; i < 5_000; i++) {
            Box box = Preprocess.randomBox(400, 300, 0.9, 1, 0.75, 4.0 / 3, random);
            double share = box.width() * box.height() / 120_000.0;
            double ratio = (double) box.width() / box.height();
            assertThat(share).isBetween(0.895, 1.0);
            assertThat(ratio).isBetween(0.745, 1.34);
            assertThat(box.top() + box.height()).isLessThanOrEqualTo(300);
            assertThat(box.left() + box.width()).isLessThanOrEqualTo(400);
            smallest = Math.min(smallest, share);
            widest = Math.max(widest, ratio);
        }
        assertThat(smallest).isLessThan(0.91);
        assertThat(widest).isGreaterThan(1.32);
        assertThat(Preprocess.randomBox(400, 300, 0.9, 1, 0.75, 4.0 / 3, new Random(3)))
                .isEqualTo(Preprocess.randomBox(400, 300, 0.9, 1, 0.75, 4.0 / 3, new Random(3)));
        assertThat(Preprocess.randomResizedCrop(ramp(40, 30), 16, random).width()).isEqualTo(16);
    }

    @Test
    void extremeImagesFallBackToTheCentre() {
        Random random = new Random(1);
        assertThat(Preprocess.randomBox(1000, 90, 0.9, 1, 0.75, 4.0 / 3, random)).isEqualTo(new Box(0, 440, 90, 120));
        assertThat(Preprocess.randomBox(90, 1000, 0.9, 1, 0.75, 4.0 / 3, random)).isEqualTo(new Box(440, 0, 120, 90));
    }

    @Test
    void aBatchIsOneImageAfterTheOther() {
        Image wide = ramp(60, 40);
        Image square = ramp(32, 32);
        float[] first = Preprocess.normalize(Preprocess.evaluation(wide, 32));
        float[] second = Preprocess.normalize(square);
        assertThat(Preprocess.batch(List.of(wide, square), 32)).startsWith(first).endsWith(second).hasSize(2 * 3 * 32 * 32);
    }

    @Test
    void quickEnoughToKeepUpWithTraining() {
        Image image = ramp(500, 333);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 30; i++) {
            long start = System.nanoTime();
            Preprocess.evaluation(image, 224);
            best = Math.min(best, System.nanoTime() - start);
        }
        assertThat(best / 1e6).as("milliseconds for 500 x 333 to 224").isLessThan(30); // about 3 on a quiet machine
    }

    private static void same(Image actual, Path folder, JsonNode expectedFile) {
        Image expected = ImageFiles.read(folder.resolve(expectedFile.textValue()));
        assertThat(actual.width()).isEqualTo(expected.width());
        assertThat(actual.height()).isEqualTo(expected.height());
        assertThat(actual.rgb()).as(expectedFile.textValue()).isEqualTo(expected.rgb());
    }

    /** Each pixel holds its column. */
    private static Image ramp(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % width);
        }
        return new Image(width, height, rgb);
    }

    @Test
    void aBatchHoldsItsImagesOneAfterTheOther() {
        assertThat(Preprocess.pack(2, i -> new float[] {10 * i, 10 * i + 1, 10 * i + 2})).containsExactly(0, 1, 2, 10, 11, 12);
        assertThat(Preprocess.pack(0, i -> new float[3])).isEmpty();
    }

    @Test
    void blackIsEveryValueZero() {
        assertThat(new Image(2, 1, new byte[6]).isBlack()).isTrue();
        assertThat(new Image(2, 1, new byte[] {0, 0, 0, 0, 0, 1}).isBlack()).isFalse();
    }
}
