package gift.mini;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.Task;
import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.diffusion.StableDiffusion;
import gift.diffusion.TextToImage;
import gift.diffusion.Watcher;
import gift.eval.Evaluation;
import gift.io.Hashes;
import gift.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What lies in data/mini. */
class ShippedTest {
    private static final Path MINI = root().resolve("data").resolve("mini");
    private static final long MOST_BYTES = 25_000_000;

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("data/mini")) ? here : here.getParent();
    }

    @Test
    void checksumsAndSize() throws IOException {
        List<String> lines = Files.readAllLines(MINI.resolve("SHA256SUMS"));
        for (String line : lines) {
            String[] cells = line.split("  ", 2);
            assertThat(Hashes.sha256(MINI.resolve(cells[1]))).as(cells[1]).isEqualTo(cells[0]);
        }
        try (Stream<Path> files = Files.walk(MINI)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : all) {
                bytes += Files.size(file);
                assertThat(!file.toString().endsWith(".safetensors")
                        || lines.stream().anyMatch(line -> line.endsWith("  " + MINI.relativize(file)))).as(file.toString()).isTrue();
            }
            assertThat(bytes).isLessThan(MOST_BYTES);
        }
    }

    @Test
    void vocabulary() {
        Tokenizer tokenizer = Tokenizer.load(MINI.resolve("clip"));
        WorldDataset web = World.captioned(World.WEB);
        for (int i = 0; i < 10 * web.classNames().size(); i++) {
            String caption = web.text(i);
            int[] tokens = tokenizer.encode(caption);
            assertThat(tokens.length + 2).as(caption).isLessThanOrEqualTo(16);
            assertThat(tokenizer.decode(tokens).strip().replace(" .", ".")).isEqualTo(caption);
            assertThat(tokens).as("a word a token: " + caption).hasSize(caption.split(" ").length + 1);
        }
    }

    @Test
    void clipKnowsTheWebAndSomeOfTheTasks() {
        Tokenizer tokenizer = Tokenizer.load(MINI.resolve("clip"));
        try (NDManager manager = Devices.newManager(Device.cpu()); Clip clip = ClipWeights.load(MINI.resolve("clip"), manager)) {
            assertThat(accuracy(clip, tokenizer, World.open(World.WEB), 680)).isGreaterThan(88);
            double sum = 0;
            for (String name : World.tasks()) {
                Task task = World.open(name);
                double accuracy = accuracy(clip, tokenizer, task, 200);
                assertThat(accuracy).as(name).isGreaterThan(100.0 / task.classNames().size() + 12);
                sum += accuracy;
            }
            assertThat(sum / World.tasks().size()).isBetween(40.0, 70.0);
        }
    }

    private static double accuracy(Clip clip, Tokenizer tokenizer, Task task, int most) {
        return new Evaluation(task, clip.config().imageResolution(), most, 0).accuracy(clip, tokenizer);
    }

    @Test
    void stableDiffusionDraws() {
        try (NDManager manager = Devices.newManager(Device.cpu());
                StableDiffusion model = StableDiffusion.load(MINI.resolve("stable-diffusion"), manager)) {
            assertThat(model.autoencoder().config().factor()).isEqualTo(4);
            assertThat(model.autoencoder().config().latentChannels()).isEqualTo(4);
            assertThat(model.unet().config().sampleSize()).isEqualTo(8);
            assertThat(model.tokenizer().sha256()).isEqualTo(Tokenizer.load(MINI.resolve("clip")).sha256());
            List<Generated> made = new TextToImage(model).generate(List.of("a photo of a letter x."), new long[] {1},
                    Sampling.DEFAULT.withSteps(4).withGuidance(3).withSize(32, 32), Watcher.NONE);
            assertThat(made.get(0).image().width()).isEqualTo(32);
        }
    }
}
