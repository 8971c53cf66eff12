package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import gift.continual.Methods;
import gift.eval.AccuracyMatrix;
import gift.io.Csv;
import gift.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every method of the comparison in one small study. */
class MethodsTest {
    @TempDir
    Path folder;

    private void study(String methods) {
        SmallStudy study = new SmallStudy(folder);
        study.write("study.json", """
                {"name": "small", "data": ".", "model": "clip.json", "tasks": ["first", "second"],
                 "references": {"synthetic": {"set": "web", "pictures": 12},
                 "real": {"set": "web", "sentences": "first", "sentence_count": 2}}, "seeds": [1], "methods": %s,
                 "training": {"iterations": 4, "batch_size": 3, "reference_batch_size": 3, "learning_rate": 1e-3,
                 "warmup": 1}}
                """.formatted(methods));
        Terminal terminal = Terminal.run("run", study.file, "--results", study.results, "--device", "cpu");
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.code()).isZero();
    }

    private Path run(String method) {
        return folder.resolve("runs/small").resolve(method).resolve("1");
    }

    private AccuracyMatrix matrix(String method) {
        return AccuracyMatrix.read(run(method).resolve("matrix.csv"));
    }

    private List<String> losses(String method, String task) {
        return Csv.read(run(method).resolve("losses").resolve(task + ".csv")).get(0);
    }

    @Test
    void allOfThemRun() {
        study(Methods.byName().keySet().stream()
                .map(name -> "\"" + name + "\": {\"memory\": 6}").collect(Collectors.joining(", ", "{", "}")));
        for (String name : Methods.byName().keySet()) {
            assertThat(matrix(name).isComplete()).as(name).isTrue();
        }

        AccuracyMatrix untouched = matrix("zeroshot");
        double[] before = untouched.before().orElseThrow();
        for (int i = 0; i < 2; i++) {
            assertThat(untouched.get(0, i)).isEqualTo(untouched.get(1, i)).isCloseTo(before[i], within(1e-6));
            assertThat(matrix("joint").get(0, i)).isEqualTo(matrix("joint").get(1, i));
        }
        assertThat(run("zeroshot").resolve("losses")).doesNotExist();
        assertThat(Csv.read(run("joint").resolve("losses/01_first.csv"))).hasSize(1 + 2 * 4 + 1); // header, updates

        assertThat(losses("lwf", "01_first")).contains("distillation_image", "distillation_text");
        assertThat(losses("icarl", "01_first")).doesNotContain("distillation_image"); // nothing to remember yet
        assertThat(losses("icarl", "02_second")).contains("distillation_image");
        JsonNode memory = Json.tree(run("icarl").resolve("exemplars/01_first.json")).get("chosen");
        assertThat(memory).hasSize(1);
        assertThat(memory.get(0)).hasSize(3).allMatch(one -> one.size() == 2); // 6 places, 3 classes
        assertThat(losses("gift", "02_second")).contains("alignment_image", "penalty", "cross_entropy");
        assertThat(losses("ewc", "01_first")).doesNotContain("penalty"); // no earlier task
        assertThat(losses("ewc", "02_second")).contains("penalty").doesNotContain("distillation_image");
        assertThat(losses("zscl", "01_first")).contains("penalty").doesNotContain("alignment_image");
    }

    /** A run of EWC that lost its second task, and what it knew of the first, ends in the same weights. */
    @Test
    void theFisherOfEarlierTasksIsMadeAgainWhereItIsLost() throws Exception {
        String methods = "{\"ewc\": {\"fisher_updates\": 7, \"penalty_weight\": 1000}}";
        study(methods);
        Path weights = run("ewc").resolve("weights/02_second.safetensors");
        Path fisher = run("ewc").resolve("fisher/01_first.safetensors");
        byte[] before = Files.readAllBytes(weights);
        byte[] known = Files.readAllBytes(fisher);
        for (Path lost : List.of(weights, fisher, run("ewc").resolve("matrix.csv"))) {
            Files.delete(lost);
        }
        study(methods);
        assertThat(Files.readAllBytes(fisher)).isEqualTo(known);
        assertThat(Files.readAllBytes(weights)).isEqualTo(before);
    }

    @Test
    void aLossByNameIsOneKeyOfAStudy() {
        study("{\"finetune\": {}, \"confident\": {\"base\": \"finetune\", \"terms\": {\"confidence\": 0.5}}}");
        assertThat(losses("finetune", "01_first")).doesNotContain("confidence");
        assertThat(losses("confident", "01_first")).contains("cross_entropy", "confidence");
    }

    /** What is evaluated lies between the trained and the initial weights; what is trained on does not. */
    @Test
    void wiseFtAtEvaluationChangesNoWeights() throws Exception {
        study("{\"finetune\": {}, \"wise_ft_evaluation\": {\"evaluation_share\": 0.01}}");
        byte[] plain = Files.readAllBytes(run("finetune").resolve("weights/02_second.safetensors"));
        assertThat(Files.readAllBytes(run("wise_ft_evaluation").resolve("weights/02_second.safetensors")))
                .isEqualTo(plain);
        double[] before = matrix("wise_ft_evaluation").before().orElseThrow();
        assertThat(matrix("wise_ft_evaluation").get(1, 0)).isCloseTo(before[0], within(12.0));
    }
}
