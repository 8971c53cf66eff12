package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.diffusion.Autoencoder;
import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.diffusion.StableDiffusion;
import gift.diffusion.TextToImage;
import gift.diffusion.Watcher;
import gift.io.Hashes;
import gift.tensor.Devices;
import gift.train.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three trainings that make a small Stable Diffusion from images: CLIP, autoencoder, denoiser. */
class TrainingCommandsTest {
    @TempDir
    Path folder;

    @Test
    void fromImagesToImages() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        study.write("vae.json", """
                {"data": ".", "sets": ["web"], "iterations": 40, "batch_size": 3, "warmup": 5, "checkpoint_every": 10,
                 "model": {"down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
                           "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"],
                           "block_out_channels": [8, 16], "norm_num_groups": 4, "sample_size": 16},
                 "output": "vae"}
                """);
        String recipe = """
                {"data": ".", "sets": ["web"], "templates": ["a photo of a {}."], "autoencoder": "vae", "clip": "clip",
                 "iterations": 60, "batch_size": 3, "warmup": 5, "checkpoint_every": 5,
                 "model": {"block_out_channels": [16, 32], "norm_num_groups": 4, "cross_attention_dim": 32,
                           "attention_head_dim": 2},
                 "output": "OUT"}
                """;
        Path whole = study.write("whole.json", recipe.replace("OUT", "whole"));
        Path killed = study.write("killed.json", recipe.replace("OUT", "killed"));

        assertThat(Terminal.run("pretrain", folder.resolve("clip.json")).code()).isZero();
        assertThat(Terminal.run("train-autoencoder", folder.resolve("vae.json")).code()).isZero();
        assertThat(Terminal.run("train-diffusion", whole).code()).isZero();

        Process process = Forked.start("train-diffusion", killed);
        while (process.isAlive() && !Files.exists(folder.resolve("killed/checkpoint.safetensors"))) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
        process.destroyForcibly().waitFor();
        assertThat(folder.resolve("killed/model_index.json")).doesNotExist();
        assertThat(Terminal.run("train-diffusion", killed, "--snapshot", folder.resolve("half")).code()).isZero();
        assertThat(StableDiffusion.hash(folder.resolve("half"))).hasSize(64);
        assertThat(Terminal.run("train-diffusion", killed).code()).isZero();
        String weights = "unet/diffusion_pytorch_model.safetensors";
        assertThat(Hashes.sha256(folder.resolve("killed").resolve(weights)))
                .isEqualTo(Hashes.sha256(folder.resolve("whole").resolve(weights)));
        assertThat(folder.resolve("killed/checkpoint.safetensors")).doesNotExist();
        assertThat(folder.resolve("killed/losses.csv")).hasSameTextualContentAs(folder.resolve("whole/losses.csv"));

        List<String> losses = Files.readAllLines(folder.resolve("vae/losses.csv"));
        assertThat(lossOf(losses, 40)).isLessThan(lossOf(losses, 1));

        try (NDManager manager = Devices.newManager(Device.cpu());
                StableDiffusion model = StableDiffusion.load(folder.resolve("whole"), manager)) {
            Sampling sampling = Sampling.DEFAULT.withSteps(3).withSize(16, 16).withBatch(1);
            List<Generated> made = new TextToImage(model)
                    .generate(List.of("a photo of a red."), new long[] {7}, sampling, Watcher.NONE);
            assertThat(made.get(0).image().width()).isEqualTo(16);
        }
        try (NDManager manager = Devices.newManager(Device.cpu());
                Autoencoder model = Autoencoder.load(folder.resolve("vae"), manager)) {
            assertThat(model.scalingFactor()).isNotEqualTo(1.0).isPositive();
        }
    }

    /** The autoencoder twice at once, and the denoiser in a folder that this process works in. */
    @Test
    void theSecondTrainingInAFolderIsToldToWait() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        Path vae = study.write("vae.json", """
                {"data": ".", "sets": ["web"], "iterations": 1000000, "batch_size": 3, "checkpoint_every": 1,
                 "model": {"block_out_channels": [8, 16, 16], "norm_num_groups": 4}, "output": "vae"}
                """);
        Process first = Forked.start("train-autoencoder", vae);
        try {
            awaitFile(first, folder.resolve("vae/checkpoint.safetensors"));
            assertIsToldToWait("vae", "train-autoencoder", vae);
        } finally {
            first.destroyForcibly().waitFor();
        }
        Path diffusion = study.write("d.json", "{\"sets\": [\"web\"], \"data\": \".\", \"output\": \"sd\"}");
        FolderLock.alone(folder.resolve("sd"), false, () -> {
            assertIsToldToWait("sd", "train-diffusion", diffusion);
            return null;
        });
    }

    private void assertIsToldToWait(String output, Object... arguments) {
        Path log = folder.resolve(output + ".log");
        try {
            Process second = Forked.startLogged(log, arguments);
            try {
                while (second.isAlive() && Files.size(log) == 0) {
                    second.waitFor(20, TimeUnit.MILLISECONDS);
                }
                assertThat(second.isAlive()).isTrue();
                assertThat(Files.readString(log).strip())
                        .isEqualTo("waiting for another process, which works on " + folder.resolve(output));
            } finally {
                second.destroyForcibly().waitFor();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitFile(Process process, Path file) throws InterruptedException {
        while (process.isAlive() && !Files.exists(file)) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
        assertThat(process.isAlive()).isTrue();
    }

    private static double lossOf(List<String> lines, int row) {
        String[] cells = lines.get(row).split(",");
        return Double.parseDouble(cells[cells.length - 1]);
    }

    @Test
    void badRecipes() {
        SmallStudy study = new SmallStudy(folder);
        refused("sets names no data set", "train-autoencoder", study.write("a.json", "{}"));
        refused("unknown key 'iteration' (did you mean 'iterations'?", "train-diffusion",
                study.write("b.json", "{\"iteration\": 3}"));
        refused("caption_dropout 2.0 must be in [0, 1]", "train-diffusion",
                study.write("c.json", "{\"sets\": [\"web\"], \"data\": \".\", \"caption_dropout\": 2}"));
        refused("no checkpoint at", "train-autoencoder",
                study.write("e.json", "{\"sets\": [\"web\"], \"data\": \".\"}"), "--snapshot", folder.resolve("out"));
        refused("no CLIP vocabulary", "train-diffusion", study.write("d.json", "{\"sets\": [\"web\"], \"data\": \".\"}"));
    }

    private static void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1);
        assertThat(terminal.code()).isEqualTo(2);
    }
}
