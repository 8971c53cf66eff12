package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.diffusion.TinyDiffusion;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Precision and memory from the configuration alone. */
class PrecisionRunTest {
    @TempDir
    Path folder;

    @Test
    void aRunWithLittleMemory() throws IOException {
        SmallStudy study = new SmallStudy(folder);
        String settings = Files.readString(study.file).replace("\"iterations\": 60",
                "\"iterations\": 3, \"precision\": \"bf16\", \"accumulation\": 3, \"checkpointing\": true");
        study.write("study.json", settings);
        Terminal run = Terminal.run("run", study.file, "--results", study.results);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(study.lastWeights(study.results)).exists();
        assertThat(Json.tree(study.results.resolve("small/gift/42/settings.json")).at("/training/1/precision").asText())
                .isEqualTo("bf16");

        study.write("study.json", settings.replace("\"accumulation\": 3", "\"accumulation\": 5"));
        Terminal tooMany = Terminal.run("run", study.file, "--results", folder.resolve("other"));
        assertThat(tooMany.code()).isEqualTo(2);
        assertThat(tooMany.err()).hasLineCount(1)
                .contains("accumulation 5 leaves some micro-batches without an image, of a batch of 4");
    }

    @Test
    void imagesOfLowerPrecision() throws IOException {
        TinyDiffusion.write(folder.resolve("sd"));
        String plan = """
                {"model": "sd", "generic": "CIFAR10", "tasks": ["MNIST"], "images": 2, "output": "set", "device": "cpu",
                 "precision": "bf16", "sampling": {"steps": 2, "width": 32, "height": 32, "batch": 2}}
                """;
        Path file = Files.writeString(folder.resolve("plan.json"), plan);
        Terminal made = Terminal.run("generate", file);
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(folder.resolve("set/MNIST_Syn/1.jpeg")).exists();
        assertThat(Json.tree(folder.resolve("set/plan.json")).get("precision").asText()).isEqualTo("bf16");

        Files.writeString(file, plan.replace("bf16", "fp32"));
        Terminal other = Terminal.run("generate", file);
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("precision was \"bf16\", is now absent");
    }
}
