package gift.diffusion.glide;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.io.TensorSource;
import gift.io.TorchWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A GLIDE of 16 million values by a formula, which makes 32 x 32 and 64 x 64. */
public final class SmallGlide {
    static final GlideConfig BASE = new GlideConfig(3, 64, List.of(1, 2, 2), 1, List.of(false, true, true), 327, 12, 128, 2);
    static final GlideConfig UPSAMPLER =
            new GlideConfig(6, 64, List.of(1, 1, 2, 2), 2, List.of(false, false, true, true), 327, 12, 128, 2);

    private SmallGlide() {}

    /** Of the resources beside this class. */
    static JsonNode resource(String name) {
        try (InputStream in = SmallGlide.class.getResourceAsStream(name)) {
            return Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the folder as a user has it: two files of torch and the vocabulary. */
    public static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder.resolve("base.pt"), BASE);
        write(folder.resolve("upsample.pt"), UPSAMPLER);
        vocabulary(folder.resolve("vocab.bpe"));
        return folder;
    }

    /** Writes the base network without one of its tensors. */
    public static void writeWithout(Path file, String tensor) {
        List<SafeTensors.Source> sources = new ArrayList<>();
        BASE.shapes().forEach((name, shape) -> {
            if (!name.equals(tensor)) {
                sources.add(TensorSource.of(name, shape.getShape(), Hashed.weight(name, shape)));
            }
        });
        TorchWriter.write(file, Map.of(), sources);
    }

    /** Writes a network's file with all its tensors under their published names and shapes. */
    static void write(Path file, GlideConfig config) {
        List<SafeTensors.Source> sources = new ArrayList<>();
        config.shapes().forEach((name, shape) ->
                sources.add(TensorSource.of(name, shape.getShape(), Hashed.weight(name, shape))));
        TorchWriter.write(file, Map.of(), sources);
    }

    static void vocabulary(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of("#version: 0.2"));
        resource("tokenizer.json").get("merges").forEach(merge -> lines.add(merge.asText()));
        Files.write(file, lines);
    }
}
