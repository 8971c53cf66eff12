package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gift convert --to}: folders of other libraries. */
class ConvertTest {
    private static final Path CLIP = Files.isDirectory(Path.of("data/mini")) ? Path.of("data/mini/clip") : Path.of("../data/mini/clip");

    @TempDir
    private Path folder;

    @Test
    void aClipForTransformers() throws IOException {
        Path to = folder.resolve("hf");
        Terminal done = Terminal.run("convert", "--to", "hf", "--half", CLIP, to);
        assertThat(done.out()).isEqualTo("a CLIP for transformers in " + to + System.lineSeparator());
        assertThat(to).isDirectoryContaining("glob:**/{config.json,model.safetensors,preprocessor_config.json,vocab.json,"
                + "merges.txt,tokenizer_config.json}");
        assertThat(Json.tree(to.resolve("preprocessor_config.json")).path("crop_size").path("height").asInt()).isEqualTo(32);
        Path alone = Files.copy(CLIP.resolve("model.safetensors"), folder.resolve("alone.safetensors"));
        assertThat(Terminal.run("convert", "--to", "hf", alone, folder.resolve("hf2")).out())
                .contains("without a tokenizer, since no vocabulary lies beside " + alone + " (--vocabulary names one)");
    }

    @Test
    void whatDoesNotFit() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        refused("is a file: with --to, OUT is a folder", "convert", "--to", "hf", CLIP, file);
        refused("--vocabulary is for a folder", "convert", "--vocabulary", CLIP, CLIP, folder.resolve("a.safetensors"));
        refused("is no single-file Stable Diffusion", "convert", "--to", "diffusers", "--vocabulary", CLIP,
                CLIP.resolve("model.safetensors"), folder.resolve("sd"));
        refused("writes single precision", "convert", "--to", "diffusers", "--half", CLIP.resolve("model.safetensors"),
                folder.resolve("sd"));
        Path alone = Files.copy(CLIP.resolve("model.safetensors"), folder.resolve("alone.safetensors"));
        refused("no vocabulary lies beside " + alone + ": name one with --vocabulary", "convert", "--to", "diffusers", alone,
                folder.resolve("sd"));
        assertThat(folder.resolve("sd")).doesNotExist();
    }

    private static void refused(String message, Object... arguments) {
        assertThat(Terminal.run(arguments).err()).contains(message).hasLineCount(1);
    }
}
