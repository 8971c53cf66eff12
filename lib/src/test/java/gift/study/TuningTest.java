package gift.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.continual.Method;
import gift.eval.AccuracyMatrix;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
    private static final String GRIDS = """
            {"finetune": {"training.learning_rate": [1e-3, 1e-4]},
             "half": {"penalty_weight": [1, 4]}}""";

    @TempDir
    Path folder;

    @BeforeEach
    void study() throws IOException {
        Files.writeString(folder.resolve("study.json"), """
                {"name": "order_I", "data": "mini", "model": "clip", "tasks": ["digits", "pets"], "seeds": [1, 2],
                 "references": {"synthetic": {"set": "generic", "pictures": 10}},
                 "methods": {"finetune": {"training": {"iterations": 7}}, "half": {"base": "gift", "distillation": 0.5}}}
                """);
        Files.createDirectory(folder.resolve("clip"));
    }

    private Tuning tuning(String tasks, String seeds, String grids) throws IOException {
        Path file = folder.resolve("tuning.json");
        Files.writeString(file, "{\"study\": \"study.json\", \"tasks\": %s, \"seeds\": %s, \"grids\": %s}"
                .formatted(tasks, seeds, grids));
        return new Tuning(file);
    }

    @Test
    void trialsAreAllCombinationsOnTopOfTheStudysOwnSettings() throws IOException {
        Tuning tuning = tuning("[\"pets\", \"digits\"]", "[1]", """
                {"half": {"training.learning_rate": [1e-3, 1e-4], "penalty_weight": [1, 4, 8]}}""");
        assertThat(tuning.trials()).extracting(Tuning.Trial::name)
                .containsExactly("half.1", "half.2", "half.3", "half.4", "half.5", "half.6");
        StudyMethod fifth = tuning.study().resolved("test").get(4);
        assertThat(fifth.method().distillation()).isEqualTo(0.5);
        assertThat(fifth.method().penaltyWeight()).isEqualTo(4);
        assertThat(fifth.training().get(0).learningRate()).isEqualTo(1e-4);
        assertThat(tuning.study().model()).isEqualTo(folder.resolve("clip").toString());
        assertThat(tuning.study().references().get("synthetic").set()).isEqualTo("generic");
        assertThat(tuning.study().evaluateOn()).isEqualTo(StudyConfig.EvaluateOn.VALIDATION);
    }

    /** The study of the trials has no file, so its paths are whole. */
    @Test
    void theFileOfATeacherIsRelativeToTheStudy() throws IOException {
        Path teacher = Files.createFile(folder.resolve("teacher.pt"));
        Path study = folder.resolve("study.json");
        Files.writeString(study, Files.readString(study).replace("0.5}", "0.5, \"teacher\": \"weights:teacher.pt\"}"));
        StudyMethod third = tuning("[\"pets\", \"digits\"]", "[1]", GRIDS).study().resolved("test").get(2);
        assertThat(third.method().teacher().weights()).isEqualTo(teacher.toString());
    }

    @Test
    void ownTrainingSettingsStay() throws IOException {
        StudyMethod second = tuning("[\"pets\", \"digits\"]", "[1]", GRIDS).study().resolved("test").get(1);
        assertThat(second.training().get(0).iterations()).isEqualTo(7);
        assertThat(second.training().get(0).learningRate()).isEqualTo(1e-4);
    }

    @Test
    void theBestByAvgIsChosen() throws IOException {
        Tuning tuning = tuning("[\"pets\", \"digits\"]", "[1, 5]", GRIDS);
        double[][] rows = {{60, 50}, {70, 40}, {50, 50}, {50, 50}}; // after the first task; 80, 80 after the second
        for (int k = 0; k < 4; k++) {
            for (int seed : new int[] {1, 5}) {
                AccuracyMatrix.of(List.of("pets", "digits")).withRow(rows[k]).withRow(80, 80)
                        .write(folder.resolve("runs/tuning").resolve(tuning.trials().get(k).name()).resolve(seed + "/matrix.csv"));
            }
        }
        List<Tuning.Outcome> outcomes = tuning.outcomes(folder.resolve("runs"));
        assertThat(outcomes).extracting(Tuning.Outcome::avg).containsExactly(67.5, 67.5, 65.0, 65.0);
        assertThat(outcomes).extracting(Tuning.Outcome::transfer).containsExactly(50.0, 40.0, 50.0, 50.0);
        assertThat(outcomes).extracting(Tuning.Outcome::chosen).containsExactly(true, false, true, false);
    }

    @Test
    void whatDoesNotServe() {
        refused("order and seeds are among those that the study reports", "[\"digits\", \"pets\"]", "[2]", GRIDS);
        refused("no method 'gibt' in", "[\"pets\", \"digits\"]", "[1]", "{\"gibt\": {\"penalty_weight\": [1]}}");
        refused("method half has 1 trials, finetune 2: every method gets as many", "[\"pets\", \"digits\"]", "[1]",
                GRIDS.replace("[1, 4]", "[1]"));
        refused("unknown key 'penalty_wieght' (did you mean 'penalty_weight'?", "[\"pets\", \"digits\"]", "[1]",
                GRIDS.replace("penalty_weight", "penalty_wieght"));
    }

    /** The study of the mini world: as many trials for every method, those with several weights in all combinations. */
    @Test
    void shippedGrids() {
        Tuning tuning = new Tuning(Path.of("../data/studies/mini_tuning.json"));
        Map<String, Long> trials = tuning.trials().stream()
                .collect(Collectors.groupingBy(Tuning.Trial::method, Collectors.counting()));
        assertThat(trials).containsKeys("ewc", "zscl", "gift").allSatisfy((method, count) -> assertThat(count).isEqualTo(8));
        for (StudyMethod trial : tuning.study().resolved("test")) {
            if (!trial.name().startsWith("joint")) {
                assertThat(trial.method().learns()).isEqualTo(Method.Learns.TASKS);
            }
        }
        assertThat(tuning.trials().stream().filter(t -> t.method().equals("zscl")).findFirst().orElseThrow().changes())
                .containsKeys("training.learning_rate", "distillation", "penalty_weight");
        StudyConfig study = StudyConfig.read(Path.of("../data/studies/mini_order_I.json"));
        assertThat(trials.keySet()).containsAll(study.methods().keySet().stream()
                .filter(name -> !name.equals("zeroshot") && !name.contains("6e-4")).toList());
    }

    private void refused(String message, String tasks, String seeds, String grids) {
        assertThatThrownBy(() -> tuning(tasks, seeds, grids).study().resolved("test")).isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
