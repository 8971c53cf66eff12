package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.diffusion.glide.SmallGlide;
import gift.io.Hashes;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GLIDE in place of a Stable Diffusion: {@code gift generate} and {@code gift convert}. */
class GlideCommandsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void make() throws IOException {
        SmallGlide.write(folder.resolve("glide"));
    }

    private Path plan(String name, String model, String sampling) throws IOException {
        return Files.writeString(folder.resolve(name + ".json"), """
                {"model": "MODEL", "generic": "CIFAR10", "tasks": ["MNIST", "EuroSAT"], "images": 3, "seed": 7, "output": "NAME",
                 "device": "cpu", "sampling": SAMPLING}
                """.replace("MODEL", model).replace("NAME", name).replace("SAMPLING", sampling));
    }

    private Map<String, String> content(String output) throws IOException {
        Path root = folder.resolve(output);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toMap(
                    file -> root.relativize(file).toString(), Hashes::sha256, (a, b) -> a, TreeMap::new));
        }
    }

    private static void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ").doesNotContain("Exception");
        assertThat(terminal.code()).isEqualTo(2);
    }

    @Test
    void aSetInPartsIsTheWhole() throws IOException {
        String sampling = "{\"steps\": 2, \"guidance\": 3, \"width\": 32, \"height\": 32, \"batch\": 2}";
        assertThat(Terminal.run("generate", plan("whole", "glide", sampling)).out()).contains("all 6 images are in");
        Path parts = plan("parts", "glide", sampling);
        assertThat(Terminal.run("generate", parts, "--from", 2, "--to", 4).out()).contains("4 of 6 images are still to be made");
        Terminal.run("generate", parts);
        assertThat(content("parts")).isEqualTo(content("whole")).hasSize(1 + 2 * 5);
        Path task = PairFolder.of(folder.resolve("whole"), "MNIST");
        assertThat(PairDataset.read(task).image(0).width()).isEqualTo(32);
        String line = Files.readAllLines(task.resolve("manifest.jsonl")).get(0);
        assertThat(Json.parse("line", line).at("/origin/scheduler").asText()).isEqualTo("ddpm");
    }

    @Test
    void settingsAndFilesThatDoNotFit() throws IOException {
        refused("size 512 x 512: GLIDE makes 64 x 64, or without its upsampler 32 x 32", "generate", plan("a", "glide", "{}"));
        Files.delete(folder.resolve("glide/upsample.pt"));
        refused("it lacks the network for 256 x 256, upsample.pt or upsample.safetensors", "generate",
                plan("b", "glide", "{\"width\": 32, \"height\": 32}"));
        assertThat(folder.resolve("b")).doesNotExist();
    }

    @Test
    void converted() throws IOException {
        Path base = folder.resolve("glide/base.pt");
        Path safe = folder.resolve("glide/base.safetensors");
        assertThat(Terminal.run("convert", base, safe).code()).isZero();
        String sampling = "{\"steps\": 2, \"width\": 32, \"height\": 32}";
        Terminal.run("generate", plan("torch", "glide", sampling));
        Files.delete(base);
        Terminal.run("generate", plan("safe", "glide", sampling));
        assertThat(PairDataset.read(PairFolder.of(folder.resolve("safe"), "MNIST")).image(0).rgb())
                .isEqualTo(PairDataset.read(PairFolder.of(folder.resolve("torch"), "MNIST")).image(0).rgb());
        Path other = folder.resolve("other.pt");
        SmallGlide.writeWithout(other, "final_ln.bias");
        refused("do not fit the model: 1 missing (final_ln.bias)", "convert", other, folder.resolve("other.safetensors"));
        assertThat(folder.resolve("other.safetensors")).doesNotExist();
    }
}
