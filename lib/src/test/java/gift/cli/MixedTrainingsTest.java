package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three trainings of recipes in mixed precision: CLIP, autoencoder, denoiser. */
class MixedTrainingsTest {
    @TempDir
    Path folder;

    private static double lastLoss(Path folder) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("losses.csv"));
        String[] cells = lines.get(lines.size() - 1).split(",");
        return Double.parseDouble(cells[cells.length - 1]);
    }

    @Test
    void recipes() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        study.write("vae.json", """
                {"data": ".", "sets": ["web"], "iterations": 8, "batch_size": 3, "warmup": 2,
                 "model": {"down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
                           "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"],
                           "block_out_channels": [8, 16], "norm_num_groups": 4, "sample_size": 16},
                 "output": "vae"}
                """);
        study.write("sd.json", """
                {"data": ".", "sets": ["web"], "templates": ["a photo of a {}."], "autoencoder": "vae", "clip": "clip",
                 "iterations": 8, "batch_size": 3, "warmup": 2,
                 "model": {"block_out_channels": [16, 32], "norm_num_groups": 4, "cross_attention_dim": 32,
                           "attention_head_dim": 2},
                 "output": "sd"}
                """);
        assertThat(Terminal.run("pretrain", folder.resolve("clip.json"), "--set", "iterations=8").code()).isZero();
        assertThat(Terminal.run("train-autoencoder", folder.resolve("vae.json")).code()).isZero();
        assertThat(Terminal.run("train-diffusion", folder.resolve("sd.json")).code()).isZero();
        assertThat(folder.resolve("sd/recipe.json")).content().doesNotContain("compute");
        String clip = Hashes.sha256(folder.resolve("clip/model.safetensors"));
        double clipLoss = lastLoss(folder.resolve("clip"));
        double vaeLoss = lastLoss(folder.resolve("vae"));
        double sdLoss = lastLoss(folder.resolve("sd"));
        for (String compute : List.of("bf16", "fp16")) {
            String set = "compute=" + compute;
            assertThat(Terminal.run("pretrain", folder.resolve("clip.json"), "--set", "iterations=8", "--set", set, "--set",
                    "output=clip_" + compute).code()).isZero();
            assertThat(Terminal.run("train-autoencoder", folder.resolve("vae.json"), "--set", set, "--set", "output=vae_" + compute)
                    .code()).isZero();
            assertThat(Terminal.run("train-diffusion", folder.resolve("sd.json"), "--set", set, "--set", "output=sd_" + compute)
                    .code()).isZero();
            Path made = folder.resolve("clip_" + compute);
            assertThat(made.resolve("recipe.json")).content().contains("\"compute\" : \"" + compute + "\"");
            assertThat(Hashes.sha256(made.resolve("model.safetensors"))).isNotEqualTo(clip);
            double share = compute.equals("bf16") ? 0.03 : 0.25; // fp16 leaves out its first updates
            assertThat(lastLoss(made)).isBetween((1 - share) * clipLoss, (1 + share) * clipLoss);
            assertThat(lastLoss(folder.resolve("vae_" + compute))).isBetween((1 - share) * vaeLoss, (1 + share) * vaeLoss);
            assertThat(lastLoss(folder.resolve("sd_" + compute))).isBetween((1 - share) * sdLoss, (1 + share) * sdLoss);
        }
        Terminal wrong = Terminal.run("pretrain", folder.resolve("clip.json"), "--set", "compute=fp8");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("compute").contains("not one of \"fp32\", \"tf32\", \"bf16\", \"fp16\"");
    }
}
