package gift.cli;

import gift.image.Image;
import gift.image.ImageFiles;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A study small enough for a test: coloured noise as images, a CLIP of 20,000 values, two tasks of three classes. */
final class SmallStudy {
    static final String[] CLASSES = {"red", "green", "blue"};

    final Path folder;
    final Path file;
    final Path results;

    SmallStudy(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("study.json");
        this.results = folder.resolve("runs");
        images("web", 8);
        images("first", 6);
        images("second", 6);
        write("clip.json", """
                {"data": ".", "sets": ["web"], "templates": ["a photo of a {}."], "vocabulary_merges": 40,
                 "model": {"embed_dim": 16, "image_resolution": 16, "vision_layers": 1, "vision_width": 32,
                           "vision_patch_size": 8, "vision_heads": 2, "context_length": 40, "transformer_width": 32,
                           "transformer_heads": 2, "transformer_layers": 1},
                 "iterations": 12, "batch_size": 3, "warmup": 2, "checkpoint_every": 4, "output": "clip"}
                """);
        write("study.json", """
                {"name": "small", "data": ".", "model": "clip.json", "tasks": ["first", "second"], "watched": ["web"],
                 "references": {"synthetic": {"set": "web", "pictures": 0}}, "methods": {"gift": {"averaging": "ensemble",
                 "average_every": 5}},
                 "training": {"iterations": 60, "batch_size": 4, "reference_batch_size": 4, "learning_rate": 1e-3,
                 "warmup": 5, "checkpoint_every": 5}}
                """);
    }

    private void images(String set, int each) {
        for (String split : new String[] {"train", "test"}) {
            for (int c = 0; c < CLASSES.length; c++) {
                for (int i = 0; i < each; i++) {
                    byte[] rgb = new byte[3 * 20 * 20];
                    RandomStream random = RandomStream.of(1, set + split, c, i);
                    for (int k = 0; k < rgb.length; k++) {
                        rgb[k] = (byte) (k % 3 == c ? 150 + random.nextInt(100) : random.nextInt(150));
                    }
                    Path file = folder.resolve(set).resolve(split).resolve(CLASSES[c]).resolve(i + ".png");
                    ImageFiles.writePng(file, new Image(20, 20, rgb));
                }
            }
        }
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The weights that the run ends with. */
    Path lastWeights(Path results) {
        return results.resolve("small/gift/42/weights/02_second.safetensors");
    }
}
