package gift.cli;

import static gift.cli.SmallStudyRuns.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A study of ImagineFSL of a few updates with the mini models: whole, in parts, its weights alone; what does not serve. */
class ImagineTest {
    private static final Path STUDY = Path.of("../data/studies/mini_imagine.json");
    private static final List<String> SMALL = List.of("tasks=[\"pets\"]", "seeds=[1,2]", "shots=[1]", "base_set.count=2",
            "base_set.views=2", "base_set.sampling.steps=2", "pretraining.settings.epochs=2", "pretraining.settings.epoch_length=1",
            "pretraining.settings.batch_size=2", "pretraining.heads={\"prototypes\": 20, \"hidden\": 16, \"bottleneck\": 8}",
            "pretrainings.few_captions.captions=1", "methods.imaginefsl_lora.shots=[1]", "tuning.epochs=1", "tuning.batch_size=16",
            "low_rank_tuning.epochs=1", "low_rank_tuning.batch_size=16", "validation_images=20", "test_images=30", "keep_weights=true");

    @TempDir
    private Path folder;

    private SmallStudyRuns study;

    @BeforeEach
    void study() {
        study = new SmallStudyRuns("imagine", STUDY, SMALL, folder);
    }

    @Test
    void everyMethodRunsAndAStoppedStudyGoesOn() throws IOException {
        Terminal whole = study.run("whole");
        assertThat(whole.err()).isEmpty();
        assertThat(whole.code()).isZero();
        Path results = folder.resolve("whole/mini_imagine");
        List<List<String>> rows = Csv.read(results.resolve("results.csv"));
        assertThat(rows).hasSize(1 + 1 + 7 * 2);
        assertThat(rows.get(0)).containsExactly("task", "method", "shots", "seed", "accuracy", "visual", "text", "weight", "validation");
        assertThat(rows.get(1)).startsWith("pets", "zero_shot", "0");
        assertThat(Csv.read(results.resolve("summary.csv"))).hasSize(1 + 8);

        assertThat(study.run("parts", List.of("--task", "pets"), "seeds=[2]", "methods={\"a\": {\"pretraining\": \"imagined\"}}").code())
                .isZero();
        assertThat(folder.resolve("parts/mini_imagine/results.csv")).doesNotExist();
        Files.delete(folder.resolve("parts/mini_imagine/base_set/images/0003_bear_Syn/2.jpeg"));
        Files.delete(folder.resolve("parts/mini_imagine/runs/pets/a/1_shots/2/outcome.json"));
        assertThat(study.run("parts").code()).isZero();
        Map<String, String> parts = study.content("parts");
        parts.keySet().removeIf(file -> file.contains("/runs/pets/a/"));
        assertThat(parts).isEqualTo(study.content("whole"));

        Terminal given = study.run("whole", List.of("--eval-only"));
        assertThat(given.code()).isZero();
        assertThat(Csv.read(results.resolve("given_results.csv"))).isEqualTo(rows);
        Terminal table = Terminal.run("table", "mini_imagine_shots", "--runs", folder.resolve("whole"));
        assertThat(table.out()).contains("imaginefsl_lora").contains("zero_shot");
        Terminal differences = Terminal.run("table", "mini_imagine_shots_differences", "--runs", folder.resolve("whole"), "--format", "csv");
        assertThat(differences.code()).as(differences.err()).isZero();
        assertThat(differences.out()).contains("imaginefsl,zero_shot,1,").contains("imaginefsl,no_pretraining,1,");
    }

    @Test
    void whatDoesNotServe() throws IOException {
        assertRefused(study.run("x", "methods={\"a\": {\"pretraining\": \"imagind\"}}"),
                "methods.a: no pretraining 'imagind' (did you mean 'imagined'?");
        assertRefused(study.run("x", "shots=[61]"), "pets: the class 'cat' has 60 training images, fewer than the 61 shots asked for");
        Path others = Files.createDirectory(folder.resolve("factors"));
        Files.copy(Path.of("../data/factors/mini/food.json"), others.resolve("pets.json"));
        assertRefused(study.run("x", "base_set.factors=" + others), "the factors have no class 'cat' (did you mean '");
        Path views = Files.createDirectories(folder.resolve("views/view1/cat")).getParent().getParent();
        Files.createFile(views.resolve("view1/cat/0.jpeg"));
        assertRefused(study.run("x", "base_set.folder=" + views), "the base set has no folder " + views.resolve("view2"),
                "it needs view1, view2 and so on");
        Files.createDirectories(views.resolve("view2/cat"));
        assertRefused(study.run("x", "base_set.folder=" + views), "the base set has no " + views.resolve("view2/cat/0.jpeg"),
                "every image needs its 2 views");
        assertRefused(study.run("x", "pretraining.adapter.width=64", "pretraining.adapter.attention_width=48"),
                "pretraining.adapter.width 64 is not that of the CLIP's tokens, 128");
        assertRefused(study.run("x", List.of("--eval-only")), "no weights ", "model.safetensors: a study keeps them where keep_weights");
        assertRefused(study.run("x", List.of("--dry"), "seeds=[1]"), "leave out --set");
        assertRefused(study.run("x", List.of("--task", "pet")), "the study has no task 'pet' (did you mean 'pets'?");
    }
}
