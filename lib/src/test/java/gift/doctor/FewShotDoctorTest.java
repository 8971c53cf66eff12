package gift.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import gift.clip.ClipConfig;
import gift.io.Overrides;
import gift.study.StudyFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor on recipes of few-shot studies. */
class FewShotDoctorTest {
    private static final Path STUDIES = Path.of("../data/studies");

    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();

    private boolean look(String file, boolean estimate, String... changes) {
        StudyFile.Options study = new StudyFile.Options(null, null, null, null, "cpu", List.of(), List.of(), new Overrides(List.of(changes)));
        return Doctor.look(STUDIES.resolve(file), study,
                new Doctor.Options(List.of(), folder, Path.of("none"), true, false, estimate, 1), false, lines::add);
    }

    @Test
    void aSoundRecipeOfImagineAndItsTime() {
        assertThat(look("mini_imagine.json", true, "tasks=[\"pets\"]")).as(String.join("\n", lines)).isTrue();
        assertThat(String.join("\n", lines)).contains("images: 480 of 32 x 32 in 5 steps", "pretraining imagined", "imaginefsl_lora",
                "no_pretraining", "ready: environment/gift imagine ");
    }

    @Test
    void aSoundRecipeOfRecognition() {
        assertThat(look("mini_recognition.json", false, "tasks=[\"land\"]")).as(String.join("\n", lines)).isTrue();
        assertThat(String.join("\n", lines)).contains("images: 480 of 32 x 32", "ready: environment/gift recognition ")
                .as("no estimate was asked for").doesNotContain("time:");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(look("mini_imagine.json", false, "tasks=[\"pets\"]", "base_set.factors=nowhere", "base_set.model=nothing")).isFalse();
        assertThat(String.join("\n", lines)).contains("base_set.factors", "nowhere", "pets.json", "Stable Diffusion", "not ready: 2 faults");
        lines.clear();
        assertThat(look("imagine_vitb16.json", false)).isFalse();
        assertThat(String.join("\n", lines)).contains("no images at ", "ViT-B-16.pt", "stable-diffusion-v1-5");
    }

    /** The published pretraining: 135,600 updates of 400 crops, half of them masked, through a ViT-B/16. */
    @Test
    void thePublishedPretraining() {
        FewShotRecipe recipe = FewShotRecipe.of(STUDIES.resolve("imagine_vitb16.json"), new Overrides(List.of()));
        FewShotRecipe.Work pretraining = recipe.work(List.of(), ClipConfig.VIT_B_16).get(0);
        double tower = 135_600.0 * 200 * 3 * Flops.image(ClipConfig.VIT_B_16);
        assertThat(pretraining.trained()).isBetween(tower, 2 * tower);
        assertThat(recipe.memory(ClipConfig.VIT_B_16)).isBetween(40L << 30, 80L << 30);
    }
}
