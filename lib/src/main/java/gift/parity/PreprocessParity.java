package gift.parity;

import com.fasterxml.jackson.databind.JsonNode;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.image.Preprocess;
import gift.io.Json;
import gift.io.SafeTensors;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Resize, crop and normalization against PIL and torchvision. */
final class PreprocessParity {
    private static final double DIFFERENT_PIXELS = 0.01;
    private static final double NORMALIZED = 1e-5;
    private static final int SIZE = 224;
    private static final int SMALL = 64;
    private static final int STRIDE = 8;

    private PreprocessParity() {}

    static void run(Path folder, Consumer<ParityCase> report) {
        for (JsonNode image : Json.tree(folder.resolve("manifest.json")).get("images")) {
            Image input = ImageFiles.read(folder.resolve(image.get("input").asText()));
            JsonNode crop = image.get("crop224");
            Preprocess.Box box = new Preprocess.Box(crop.get("top").asInt(), crop.get("left").asInt(),
                    crop.get("height").asInt(), crop.get("width").asInt());
            pixels(folder, image.get("val224").asText(), Preprocess.evaluation(input, SIZE), report);
            pixels(folder, crop.get("file").asText(), Preprocess.resizedCrop(input, box, SIZE), report);
            pixels(folder, image.get("resize64_shorter_side").asText(), Preprocess.resizeShorterSide(input, SMALL), report);
        }
        normalized(folder, report);
    }

    /** The share of values that differ by one level; infinite if any differs by more or the size is another. */
    private static void pixels(Path folder, String file, Image computed, Consumer<ParityCase> report) {
        Image expected = ImageFiles.read(folder.resolve(file));
        double different = 0;
        int worst = 0;
        boolean sameSize = expected.width() == computed.width() && expected.height() == computed.height();
        for (int i = 0; sameSize && i < expected.rgb().length; i++) {
            int levels = Math.abs((expected.rgb()[i] & 0xff) - (computed.rgb()[i] & 0xff));
            worst = Math.max(worst, levels);
            different += levels > 0 ? 1 : 0;
        }
        double error = !sameSize || worst > 1 ? Double.POSITIVE_INFINITY : different / expected.rgb().length;
        report.accept(new ParityCase("preprocess/" + file, error, DIFFERENT_PIXELS,
                sameSize ? "share of values one level off" : "another size"));
    }

    /** Every eighth row and column of the first image, normalized. */
    private static void normalized(Path folder, Consumer<ParityCase> report) {
        float[] whole = Preprocess.normalize(ImageFiles.read(folder.resolve("00_val224.png")));
        int n = SIZE / STRIDE;
        float[] values = new float[3 * n * n];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (n * n);
            int y = i / n % n * STRIDE;
            int x = i % n * STRIDE;
            values[i] = whole[(channel * SIZE + y) * SIZE + x];
        }
        try (SafeTensors reference = SafeTensors.open(folder.resolve("normalized_00_stride8.safetensors"))) {
            double error = Errors.relative(values, reference.floats("normalized"));
            report.accept(new ParityCase("preprocess/normalized_00_stride8", error, NORMALIZED, ""));
        }
    }
}
