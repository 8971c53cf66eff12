package gift.data;

import gift.data.sample.SampleFiles;
import gift.data.sample.TrueLayouts;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Small data sets in their true layouts with all classes, whose images are all different. */
public final class SoundSets {
    private SoundSets() {}

    /** Aircraft (100 + 100 images), EuroSAT (88 + 22), CIFAR100 (100 + 100) and the own set Birds (4 + 2). */
    public static void write(Path root) {
        TrueLayouts.aircraft(root, ClassNames.of("Aircraft").names());
        TrueLayouts.folders(root.resolve("eurosat/2750"), ClassNames.of("EuroSAT").folders(), 11);
        TrueLayouts.cifar100(root);
        for (String bird : List.of("owl", "wren")) {
            for (String file : List.of("train/" + bird + "/1.jpg", "train/" + bird + "/2.jpg", "test/" + bird + "/3.jpg")) {
                SampleFiles.jpeg(root.resolve("Birds").resolve(file), 0);
            }
        }
        SampleFiles.text(root.resolve("data_sets.json"), "{\"Birds\": {\"templates\": [\"a photo of a {}, a bird.\"]}}");
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> images = files.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
            for (int i = 0; i < images.size(); i++) {
                ImageFiles.writeJpeg(images.get(i), noise(i), 0.9f);
            }
            number(root.resolve("cifar-100-binary/train.bin"), 0);
            number(root.resolve("cifar-100-binary/test.bin"), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Some image of 16 x 12, another one for every number. */
    public static Image noise(int number) {
        byte[] rgb = new byte[3 * 16 * 12];
        RandomStream random = RandomStream.of(number, "noise");
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) random.nextInt(256);
        }
        return new Image(16, 12, rgb);
    }

    /** Writes the number of each record, and the first, into its first pixel. */
    private static void number(Path file, int first) throws IOException {
        byte[] records = Files.readAllBytes(file);
        for (int i = 0; i < records.length / 3074; i++) {
            records[i * 3074 + 2] = (byte) (first + i);
        }
        Files.write(file, records);
    }
}
