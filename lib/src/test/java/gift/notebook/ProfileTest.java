package gift.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import gift.diffusion.Sampling;
import gift.diffusion.StableDiffusion;
import gift.diffusion.TextToImage;
import gift.diffusion.Watcher;
import gift.eval.AccuracyMatrix;
import gift.image.Image;
import gift.io.InputException;
import gift.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
    private static final Path ROOT = Path.of(".."); // of the module

    @Test
    void miniNeedsNothing() {
        Profile profile = Profile.of(ROOT, Map.of());
        assertThat(profile.study("order_I")).exists();
        assertThat(profile.clip().resolve("model.safetensors")).exists();
        assertThat(profile.diffusion().resolve("model_index.json")).exists();
        assertThat(profile.sampling("a photo of a letter a.").width()).isEqualTo(32);
        assertThat(profile.sampling("a photo of a letter a.").scheduler()).isNotNull();
        assertThat(profile.method("order_I", "wc").training()).hasSameSizeAs(profile.tasks());
        assertThat(profile.open(profile.tasks().get(0)).classNames()).hasSize(10);
        assertThat(profile.pairs("order_I", "real")).isPresent().get().satisfies(pairs ->
                assertThat(pairs).hasSameSizeAs(profile.tasks()));
        assertThat(profile.sentences("order_I", "real")).hasSize(500);
        assertThat(profile.device().isGpu()).isFalse();
    }

    /** The pool grows by the classes of the task before. */
    @Test
    void promptsOfATaskAreGenericAndOfTasksBefore() {
        Profile profile = Profile.of(ROOT, Map.of());
        List<List<String>> prompts = profile.prompts("order_I");
        assertThat(prompts).hasSameSizeAs(profile.tasks());
        assertThat(prompts.get(0)).contains("a photo of a letter a.").hasSize(50);
        assertThat(prompts.get(1)).hasSize(50 + profile.open(profile.tasks().get(0)).classNames().size());
    }

    @Test
    void drawsGenericPromptsAndOthersWithTheirGuidance() {
        Profile profile = Profile.of(ROOT, Map.of());
        List<String> prompts = List.of("a photo of a letter a.", profile.open("digits").trainingPrompts().get(0), "a photo of a letter b.");
        List<Sampling> samplings = prompts.stream().map(profile::sampling).toList();
        assertThat(samplings.stream().map(Sampling::guidance)).containsExactly(1.0, 3.0, 1.0);
        try (NDManager manager = Devices.newManager(profile.device());
                StableDiffusion diffusion = StableDiffusion.load(profile.diffusion(), manager)) {
            TextToImage pipeline = new TextToImage(diffusion);
            List<Image> drawn = profile.draw(pipeline, prompts, new long[] {5, 6, 7}, Watcher.NONE);
            for (int i = 0; i < prompts.size(); i++) {
                Image alone = pipeline.generate(List.of(prompts.get(i)), new long[] {5 + i}, samplings.get(i), Watcher.NONE)
                        .get(0).image();
                for (int k = 0; k < alone.rgb().length; k++) { // an image in other company may differ by a level
                    assertThat(drawn.get(i).rgb()[k] & 0xff).isCloseTo(alone.rgb()[k] & 0xff, within(1));
                }
            }
        }
    }

    @Test
    void ownRunsGoBeforeTheReference(@TempDir Path folder) throws Exception {
        AccuracyMatrix own = AccuracyMatrix.of(List.of("a", "b")).withRow(1, 2).withRow(3, 4);
        AccuracyMatrix committed = AccuracyMatrix.of(List.of("a", "b")).withRow(5, 6).withRow(7, 8);
        Path studies = Files.createDirectories(folder.resolve("data/studies"));
        Files.copy(ROOT.resolve("data/studies/mini_order_I.json"), studies.resolve("mini_order_I.json"));
        Profile profile = Profile.of(folder, Map.of("GIFT_RUNS", folder.resolve("runs").toString()));
        assertThatThrownBy(() -> profile.runs("order_I")).isInstanceOf(InputException.class)
                .hasMessageStartingWith("no finished run of order_I in ").hasMessageEndingWith("run environment/gift study");

        Path reference = folder.resolve("results/mini/matrices/order_I");
        committed.write(Files.createDirectories(reference.resolve("gift")).resolve("1.csv"));
        committed.write(Files.createDirectories(reference.resolve("zscl")).resolve("1.csv"));
        own.write(Files.createDirectories(folder.resolve("runs/order_I/gift/1")).resolve("matrix.csv"));
        assertThat(profile.runs("order_I").run("gift", 1L).matrix().get(0, 0)).isEqualTo(1);
        assertThat(profile.runs("order_I").run("zscl", 1L).matrix().get(0, 0)).isEqualTo(5);
        assertThat(profile.runs("order_I").notes())
                .containsExactly("1 runs are your own, 1 those of the committed reference");
    }

    @Test
    void whatIsMissingIsSaidInOneLine(@TempDir Path folder) {
        assertThatThrownBy(() -> Profile.of(ROOT, Map.of("GIFT_PROFILE", "papr"))).isInstanceOf(InputException.class)
                .hasMessage("GIFT_PROFILE is mini or paper, not 'papr'");
        assertThatThrownBy(() -> Profile.of(ROOT, Map.of("GIFT_PROFILE", "paper"))).isInstanceOf(InputException.class)
                .hasMessageStartingWith("GIFT_PROFILE=paper needs GIFT_DATA");
        Profile paper = Profile.of(folder, Map.of("GIFT_PROFILE", "paper", "GIFT_DATA", folder.toString()));
        assertThatThrownBy(paper::clip).isInstanceOf(InputException.class)
                .hasMessageStartingWith("the profile paper has no study at " + folder.resolve("data/studies/mtil_order_I.json"));
    }

    /** A study of the paper's profile may name its model by a folder below the data sets. */
    @Test
    void modelMayLieWithTheData(@TempDir Path folder) throws Exception {
        Path studies = Files.createDirectories(folder.resolve("data/studies"));
        Files.writeString(studies.resolve("mtil_order_I.json"), """
                {"name": "mtil_order_I", "model": "ViT-B-16", "tasks": ["MNIST"], "methods": {"finetune": {}}}""");
        Path model = Files.createDirectories(folder.resolve("sets/ViT-B-16"));
        Profile paper = Profile.of(folder, Map.of("GIFT_PROFILE", "paper", "GIFT_DATA", folder.resolve("sets").toString()));
        assertThat(paper.clip()).isEqualTo(model);
        assertThatThrownBy(() -> paper.runs("order_I")).isInstanceOf(InputException.class)
                .hasMessageEndingWith("run environment/gift run data/studies/mtil_order_I.json");
    }
}
