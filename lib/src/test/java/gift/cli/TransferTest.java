package gift.cli;

import static gift.cli.SmallStudyRuns.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transfer study of a few updates with the mini Stable Diffusion, killed and in parts; what does not serve. */
class TransferTest {
    private static final Path STUDY = Path.of("../data/studies/mini_transfer.json");
    private static final String PRETRAININGS = "pretrainings={\"task\": {\"images\": \"task\", \"amount\": 2},"
            + " \"real\": {\"images\": \"real\", \"one_class_in\": 25},"
            + " \"real_task\": {\"images\": \"task\", \"start\": \"real\"},"
            + " \"dino\": {\"objective\": \"dino\", \"one_class_in\": 25, \"start\": \"real\"}}";
    private static final List<String> SMALL = List.of("tasks=[\"land\", \"flowers\"]", "seeds=[1, 2]", "shots=2", "unit=20",
            PRETRAININGS, "tower.layers=[1]", "tower.width=32", "tower.embed_dim=16", "tower.heads=2", "synthetic.sampling.steps=1",
            "synthetic.per_sentence=1", "supervised.updates=6", "supervised.batch_size=4", "supervised.warmup=1", "dino.updates=6",
            "dino.batch_size=2", "dino.warmup=1", "tuning.updates=4", "tuning.warmup=1", "tuning.batch_size=4",
            "rates=[0.001, 0.01]", "test_images=20", "checkpoint_every=2");

    @TempDir
    private Path folder;

    private SmallStudyRuns study;

    @BeforeEach
    void study() {
        study = new SmallStudyRuns("transfer", STUDY, SMALL, folder);
    }

    @Test
    void everyPretrainingRunsAndAKilledStudyGoesOn() throws Exception {
        Terminal whole = study.run("whole");
        assertThat(whole.err()).isEmpty();
        assertThat(whole.code()).isZero();
        Path results = folder.resolve("whole/mini_transfer");
        List<List<String>> rows = Csv.read(results.resolve("results.csv"));
        assertThat(rows).hasSize(1 + 2 * 5 * 2);
        assertThat(rows.get(1)).startsWith("land", "none", "2", "1");
        assertThat(rows.get(20)).startsWith("flowers", "dino", "2", "2");
        assertThat(Csv.read(results.resolve("search.csv"))).hasSize(1 + 2 * 5 * 2);
        assertThat(results.resolve("pretraining/task/land/tower.safetensors")).isRegularFile();
        assertThat(results.resolve("pretraining/dino/tower.safetensors")).isRegularFile();
        assertThat(Terminal.run("table", "mini_transfer_published", "--runs", folder.resolve("whole"), "--published", "../results/published").out())
                .contains("83.90").contains("none");

        List<Object> command = new ArrayList<>(List.of("transfer", STUDY, "--results", folder.resolve("parts")));
        SMALL.forEach(change -> command.addAll(List.of("--set", change)));
        Process process = Forked.start(command.toArray());
        Path checkpoint = folder.resolve("parts/mini_transfer/pretraining/real/checkpoint.safetensors");
        while (process.isAlive() && !Files.exists(checkpoint)) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
        process.destroyForcibly().waitFor(); // kill -9
        assertThat(study.run("parts", List.of("--task", "flowers")).code()).isZero();
        assertThat(folder.resolve("parts/mini_transfer/results.csv")).doesNotExist();
        assertThat(study.run("parts").code()).isZero();
        assertThat(study.content("parts")).isEqualTo(study.content("whole"));
    }

    @Test
    void whatDoesNotServe() throws IOException {
        assertRefused(study.run("x", "pretrainings={\"a\": {\"start\": \"reel\"}, \"real\": {\"images\": \"real\"}}"),
                "pretrainings.a.start: no pretraining 'reel' (did you mean 'real'?");
        assertRefused(study.run("x", "pretrainings={\"a\": {\"start\": \"b\"}, \"b\": {\"start\": \"a\"}}"), "a starts from b starts from a");
        assertRefused(study.run("x", "pretrainings={\"a\": {\"start\": \"b\"}, \"b\": {\"images\": \"task\"}}"),
                "b is another tower for each task");
        assertRefused(study.run("x", "pretrainings={\"a\": {\"objective\": \"moco\"}}"), "pretrainings.a", "moco");
        assertRefused(study.run("x", "pretrainings={\"a\": {\"image\": \"task\"}}"), "unknown key 'image'", "'images'");
        assertRefused(study.run("x", "unit=10", "pretrainings={\"a\": {\"images\": \"real\"}}"), "is no image for each of 50 classes");
        assertRefused(study.run("x", "unit=100000", "pretrainings={\"a\": {\"images\": \"real\"}}"), "has 500 images, not the 2000");
        assertRefused(study.run("x", "synthetic.model="), "synthetic.model is missing");
        assertRefused(study.run("x", "synthetic.model=nowhere"), "no synthetic.model at", "nowhere");
        assertRefused(study.run("x", "pretrainings={\"a\": {\"weights\": \"nowhere\"}}"), "no pretrainings.a.weights at");
        assertRefused(study.run("x", "tasks=[\"lands\"]"), "no data set 'lands'");
        assertRefused(study.run("x", List.of("--task", "pets")), "the study has no task 'pets'");
        assertRefused(study.run("x", "tower.patch_size=7"), "resolution 32 is no multiple of the patch size 7");
        assertRefused(study.run("x", "shots=61", "pretrainings={}"), "has 60 images, not the 61 shots");
        Path other = Files.writeString(folder.resolve("other.jsonl"), "{\"label\": \"rose\", \"text\": \"a rose.\"}\n");
        assertRefused(study.run("x", "pretrainings={\"a\": {\"images\": \"task\"}}", "synthetic.sentences=" + other),
                "has no sentence for the class");
    }

    /** A tower of a CLIP in place of a pretraining. */
    @Test
    void givenWeights() throws IOException {
        Path clip = Path.of("../data/mini/clip").toAbsolutePath().normalize();
        assertThat(study.run("given", "pretrainings={\"clip\": {\"weights\": \"" + clip + "\"}}", "tasks=[\"flowers\"]").err()).isEmpty();
        assertThat(Csv.read(folder.resolve("given/mini_transfer/results.csv"))).hasSize(1 + 2 * 2);
    }
}
