package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of the shipped models, in small: recipes, plans and judgement on the mini world, which needs no folder. */
class MiniRecipesTest {
    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private void run(Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err()).doesNotContain("gift:");
        assertThat(terminal.code()).isZero();
    }

    @Test
    void fromTheWorldToImages() throws IOException {
        run("pretrain", write("clip.json", """
                {"data": "mini", "sets": ["flowers"], "vocabulary_merges": 60, "crop_scale": 1,
                 "model": {"embed_dim": 16, "image_resolution": 32, "vision_layers": 1, "vision_width": 32,
                           "vision_patch_size": 16, "vision_heads": 2, "context_length": 40, "transformer_width": 32,
                           "transformer_heads": 2, "transformer_layers": 1},
                 "iterations": 3, "batch_size": 4, "warmup": 1, "output": "clip"}
                """));
        run("train-autoencoder", write("vae.json", """
                {"data": "mini", "sets": ["flowers"], "iterations": 3, "batch_size": 4, "crop_scale": 1,
                 "model": {"block_out_channels": [8, 8, 8], "norm_num_groups": 4}, "output": "vae"}
                """));
        run("train-autoencoder", write("decoder.json", """
                {"data": "mini", "sets": ["flowers"], "iterations": 3, "batch_size": 4, "crop_scale": 1, "start": "vae",
                 "output": "decoder"}
                """));
        String weights = "diffusion_pytorch_model.safetensors";
        try (SafeTensors before = SafeTensors.open(folder.resolve("vae").resolve(weights));
                SafeTensors after = SafeTensors.open(folder.resolve("decoder").resolve(weights))) {
            for (String name : List.of("encoder.conv_in.weight", "quant_conv.weight")) {
                assertThat(after.floats(name)).isEqualTo(before.floats(name));
            }
            assertThat(after.floats("decoder.conv_in.weight")).isNotEqualTo(before.floats("decoder.conv_in.weight"));
        }
        assertThat(folder.resolve("decoder/config.json")).hasSameTextualContentAs(folder.resolve("vae/config.json"));

        run("train-diffusion", write("sd.json", """
                {"data": "mini", "sets": ["flowers"], "autoencoder": "decoder", "clip": "clip", "iterations": 3,
                 "batch_size": 4, "snr_gamma": 5, "crop_scale": 1,
                 "model": {"block_out_channels": [8, 8], "norm_num_groups": 4, "cross_attention_dim": 32,
                           "attention_head_dim": 2}, "output": "sd"}
                """));
        run("generate", write("plan.json", """
                {"data": "mini", "model": "sd", "generic": "generic", "tasks": ["flowers", "digits"], "images": 2,
                 "sampling": {"steps": 2, "width": 32, "height": 32}, "output": "set"}
                """));
        assertThat(Files.readString(folder.resolve("set/digits_Syn/image_text.csv"))).contains("a photo of a ");

        Terminal judged = Terminal.run("recognize", folder.resolve("sd"), "--clip", folder.resolve("clip"), "--each", 1,
                "--steps", 2, "--guidance", "1,2.5", "--out", folder.resolve("judged"));
        assertThat(judged.out()).contains("real", "reconstructed", "guidance 1 ", "guidance 2.5 ");
        assertThat(Files.readAllLines(folder.resolve("judged/recognition.csv"))).hasSize(1 + 4 * 12)
                .first().isEqualTo("pictures,family,count,recognized,percent");
        assertThat(folder.resolve("judged/guidance_2.5.png")).exists();

        Path half = folder.resolve("half.safetensors");
        run("convert", "--half", folder.resolve("sd/unet").resolve(weights), half);
        try (SafeTensors whole = SafeTensors.open(folder.resolve("sd/unet").resolve(weights)); SafeTensors halves = SafeTensors.open(half)) {
            assertThat(halves.entries().keySet()).isEqualTo(whole.entries().keySet());
            float[] there = halves.floats("conv_in.weight");
            float[] here = whole.floats("conv_in.weight");
            for (int i = 0; i < here.length; i++) {
                assertThat((double) there[i]).isCloseTo(here[i], org.assertj.core.data.Offset.offset(1e-3 * Math.abs(here[i]) + 1e-7));
            }
        }
    }

    @Test
    void namesOfTheWorldOnly() throws IOException {
        Path recipe = write("a.json", "{\"data\": \"mini\", \"sets\": [\"MNIST\"], \"output\": \"x\"}");
        assertThat(Terminal.run("pretrain", recipe).err()).contains("the mini world has no 'MNIST'").hasLineCount(1);
        Path plan = write("b.json", "{\"data\": \"maxi\", \"model\": \"x\", \"tasks\": [\"digits\"]}");
        assertThat(Terminal.run("generate", plan).err()).contains("data 'maxi' is not mini").hasLineCount(1);
    }
}
