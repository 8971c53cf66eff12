package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import gift.study.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gift tune}: trials never look at a test image. */
class TuneTest {
    @TempDir
    Path folder;

    @Test
    void testImagesAreNeverRead() throws IOException {
        SmallStudy study = new SmallStudy(folder);
        study.write("study.json", """
                {"name": "small", "data": ".", "model": "clip.json", "tasks": ["first", "second"],
                 "methods": {"finetune": {}},
                 "training": {"iterations": 3, "batch_size": 4, "learning_rate": 1e-3, "warmup": 1, "checkpoint_every": 5}}
                """);
        Path tuning = study.write("tuning.json", """
                {"study": "study.json", "tasks": ["second", "first"], "seeds": [7],
                 "grids": {"finetune": {"training.learning_rate": [1e-3, 1e-4]}, "wc": {"penalty_weight": [1, 2]}}}
                """);
        for (String set : List.of("first", "second")) { // no test image can be read any more
            try (Stream<Path> files = Files.walk(folder.resolve(set).resolve("test"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.writeString(file, "not an image");
                }
            }
        }
        Terminal refused = Terminal.run("run", study.file, "--results", study.results);
        assertThat(refused.code()).as(refused.err()).isEqualTo(2);

        Path results = folder.resolve("results");
        Terminal done = Terminal.run("tune", tuning, "--results", results, "--processes", 1);
        assertThat(done.code()).as(done.out() + done.err()).isZero();
        assertThat(done.out()).contains("wc.2", "evaluated on validation images");
        Path run = results.resolve("runs/tuning/wc.1/7");
        Provenance provenance = Provenance.read(run.resolve("provenance.json"));
        assertThat(provenance.data()).allMatch(set -> set.train() == 15 && set.test() == 3); // of 18: 5 and 1 of each class
        assertThat(provenance.sha256()).containsKeys("first/validation", "second/validation")
                .doesNotContainKeys("first/test", "second/test");
        JsonNode settings = Json.tree(run.resolve("settings.json"));
        assertThat(settings.path("evaluate_on").asText()).isEqualTo("validation");
        JsonNode chosen = Json.tree(results.resolve("runs/tuning/chosen.json")).path("methods");
        assertThat(chosen.path("finetune").path("training").has("learning_rate")).isTrue();
        assertThat(chosen.path("wc").has("penalty_weight")).isTrue();
    }
}
