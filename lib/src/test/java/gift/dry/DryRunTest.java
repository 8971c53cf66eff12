package gift.dry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.ClipConfig;
import gift.continual.Method;
import gift.continual.Methods;
import gift.diffusion.AutoencoderConfig;
import gift.diffusion.TextEncoderConfig;
import gift.diffusion.UNetConfig;
import gift.io.Csv;
import gift.io.InputException;
import gift.io.Json;
import gift.nn.Activation;
import gift.study.StudyConfig;
import gift.study.StudyMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dry run of a study of two tasks with small models. */
class DryRunTest {
    private static final Path STUDIES = Path.of("../data/studies");
    static final DryScale SMALL = new DryScale(
            new ClipConfig(16, 16, List.of(1), 32, 8, 2, 77, 2100, 32, 2, 1, Activation.QUICK_GELU), 60,
            new UNetConfig(8, 4, 4, true, 0, List.of("CrossAttnDownBlock2D", "DownBlock2D"),
                    List.of("UpBlock2D", "CrossAttnUpBlock2D"), List.of(16, 32), 1, 1, 8, 1e-5, 16, 1, List.of(2), false, null, 3, 3),
            new AutoencoderConfig(3, 3, List.of("DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"),
                    List.of("UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"), List.of(8, 16, 16), 1, 4, 8, 32, 0.18215),
            new TextEncoderConfig(2100, 16, 32, 1, 2, 77, "quick_gelu"), 1, 64, 2, 2, 2, 2, 4, 3, 1);

    /**
     * What a dry run of a study with shots has left in a folder.
     *
     * @return the rows of its results
     */
    static List<List<String>> rowsOfTheWholeChain(Path folder, String study, int runs) {
        List<List<String>> rows = Csv.read(folder.resolve("runs").resolve(study).resolve("results.csv"));
        assertThat(rows).hasSize(1 + runs);
        assertThat(folder.resolve("stable-diffusion")).doesNotExist();
        return rows;
    }

    static void assertNeedsNone(ThrowingCallable ofTheMiniWorld) {
        assertThatThrownBy(ofTheMiniWorld).isInstanceOf(InputException.class).hasMessageContaining("which is small as it is");
    }

    @TempDir
    Path folder;

    private final List<String> log = new ArrayList<>();

    private Path study(String methods) throws IOException {
        return Files.writeString(folder.resolve("two.json"), """
                {"name": "two", "tasks": ["EuroSAT", "MNIST"], "model": "nowhere", "methods": %s,
                 "references": {"synthetic": {"plan": "plan.json"}, "real": {"set": "ImageNet", "sentences": "ConceptualCaptions"}},
                 "learning_rates": {"MNIST": 5e-5}}
                """.formatted(methods));
    }

    private DryRun dry(Path file, String... methods) {
        return new DryRun(List.of(file), folder.resolve("dry"), Path.of("../results/published"), SMALL, List.of(methods), "cpu",
                log::add);
    }

    @Test
    void theWholeChain() throws IOException {
        Files.writeString(folder.resolve("plan.json"), "{\"model\": \"nowhere\", \"tasks\": [\"EuroSAT\", \"MNIST\"]}");
        Path file = study("{\"zscl\": {}, \"gift\": {}}");
        dry(file).run(false);
        Path dry = folder.resolve("dry");
        assertThat(Csv.read(dry.resolve("runs/two/gift/42/matrix.csv"))).hasSize(4);
        assertThat(Csv.read(dry.resolve("runs/two/gift/42/losses/02_MNIST.csv"))).hasSize(4); // and the header
        assertThat(dry.resolve("runs/two/zscl")).doesNotExist();
        assertThat(dry.resolve("tables/two.csv")).isRegularFile();
        assertThat(dry.resolve("stable-diffusion")).doesNotExist();
        assertThat(Csv.read(dry.resolve("pairs/two/synthetic/EuroSAT_Syn/image_text.csv"))).hasSize(6); // one of them drawn
        JsonNode report = Json.tree(dry.resolve("report.json"));
        List<String> phases = report.get("phases").findValuesAsText("phase");
        assertThat(phases).containsExactly("data", "weights", "generation", "reference pairs", "opening", "evaluation",
                "training", "tables");
        report.get("phases").forEach(phase -> assertThat(phase.get("peak_memory_gib").asDouble()).isPositive());
        assertThat(report.get("cut").toString()).contains("3 updates", "20 prompts in place of 40", "1 more, drawn");
        assertThat(log).last().asString().contains("peak GiB", "two    training", "not as in the real run");

        String before = Files.readString(dry.resolve("report.json"));
        dry(file, "gift").run(false); // all of it is there
        assertThat(Json.tree(dry.resolve("report.json")).at("/phases/6")).isEqualTo(Json.parse("", before).at("/phases/6"));
        dry(file, "zscl").run(false);
        assertThat(Csv.read(dry.resolve("runs/two/zscl/42/matrix.csv"))).hasSize(4);
    }

    /** Killed after a run, it still writes the tables; a published configuration serves as well. */
    @Test
    void goesOn() throws IOException {
        Path file = Files.writeString(folder.resolve("published.json"), """
                {"exp_no": "published", "train_dataset": ["MNIST"], "learning_rate": "5e-5", "ita": "0.25", "L2": "1",
                 "distill": "1", "ref_model": "load", "ref_dataset": "SyntheticDataset_A", "awc": True}
                """);
        dry(file).run(false);
        Path table = folder.resolve("dry/tables/published.csv");
        Files.delete(table);
        Files.delete(folder.resolve("dry/runs/published/gift/42/matrix.csv")); // and the last evaluation
        dry(file).run(false);
        assertThat(table).isRegularFile();
        assertThat(Csv.read(folder.resolve("dry/runs/published/gift/42/matrix.csv"))).hasSize(3);
    }

    /** An epoch of a step is an image of each class, in two batches; one more update is made, as in a real run. */
    @Test
    void aGrowingLabelSpace() throws IOException {
        Path file = Files.writeString(folder.resolve("grown.json"), """
                {"name": "grown", "tasks": ["CIFAR100"], "model": "nowhere", "methods": {"finetune": {}},
                 "scenario": {"class_incremental": {"initial": 60, "increment": 40, "order": "cifar100"}}}
                """);
        dry(file).run(false);
        Path run = folder.resolve("dry/runs/grown/finetune/42");
        assertThat(Csv.read(run.resolve("seen.csv"))).hasSize(1 + 2);
        assertThat(Csv.read(run.resolve("losses/01_classes_1-60.csv"))).hasSize(1 + 2 + 1);
        assertThat(Csv.read(run.resolve("losses/02_classes_61-100.csv"))).hasSize(1 + 2 + 1);
        assertThat(log).last().asString().contains("a step has an image of each of its classes, for an epoch; 30 + 2 images");
    }

    @Test
    void whatIsNoDryRun() throws IOException {
        assertThatThrownBy(() -> dry(STUDIES.resolve("mini_order_I.json"))).isInstanceOf(InputException.class)
                .hasMessageContaining("a study of the mini world");
        Path file = study("{\"finetune\": {}}");
        Files.writeString(file, Files.readString(file).replace("\"MNIST\"", "\"Moths\""));
        assertThatThrownBy(() -> dry(file)).isInstanceOf(InputException.class).hasMessageContaining("'Moths'");
    }

    @Test
    void orderIIGoesAlong() {
        assertThat(DryRun.orders(STUDIES.resolve("mtil_order_I.json"))).extracting(Path::getFileName)
                .extracting(Path::toString).containsExactly("mtil_order_I.json", "mtil_order_II.json");
        assertThat(DryRun.orders(STUDIES.resolve("mtil_order_II.json"))).hasSize(1);
        assertThat(DryRun.orders(STUDIES.resolve("mtil_ablations.json"))).hasSize(1);
    }

    /** The scripts of ZSCL's code, each in the settings that it comes to. */
    @Test
    void zsclsScripts() {
        Map<String, StudyMethod> methods = StudyConfig.read(STUDIES.resolve("zscl_ablations.json")).resolved("zscl_ablations")
                .stream().collect(Collectors.toMap(StudyMethod::name, method -> method));
        assertThat(methods).hasSize(31);
        Method allText = methods.get("zscl_minus_previous_all_text_sh").method();
        assertThat(allText).isEqualTo(Methods.FINETUNE.withTeacher(Method.Teacher.INITIAL).withDistillation(1)
                .withReference("imagenet").withTexts(Method.Texts.SEEN).withTowers(Method.Towers.IMAGE));
        assertThat(methods.get("zscl_minus_previous_all_text_sh").training().get(7).learningRate()).isEqualTo(1e-5);
        assertThat(methods.get("we_wise_sh").method()).isEqualTo(Methods.WE_WISE.withAverageDecay(0.99));
        assertThat(methods.get("table_c_sh").method()).isEqualTo(allText.withTexts(Method.Texts.ALL).withReference("own_imagenet_texts"));
        assertThat(methods.get("zscl_minus_wc_wise_sh").method()).isEqualTo(
                Methods.ZSCL.withAveraging(Method.Averaging.MERGE).withAverageDecay(0.8));
    }

    /** The published learning rates and settings, and one head for all. */
    @Test
    void thePapersStudies() {
        for (String name : List.of("mtil_order_I", "mtil_order_II", "mtil_ablations")) {
            StudyConfig study = StudyConfig.read(STUDIES.resolve(name + ".json"));
            assertThat(study.name()).isEqualTo(name);
            assertThat(study.tasks()).hasSize(11);
            assertThat(study.head().command()).contains("gift run data/studies/" + name + ".json");
            for (StudyMethod method : study.resolved(name)) {
                for (int t = 0; t < 11; t++) {
                    double rate = Map.of("Aircraft", 5e-5, "MNIST", 5e-5).getOrDefault(study.tasks().get(t), 1e-5);
                    assertThat(method.training().get(t).learningRate()).isEqualTo(rate);
                    assertThat(method.training().get(t).iterations()).isEqualTo(1000);
                    assertThat(method.training().get(t).batchSize()).isEqualTo(64);
                }
            }
        }
    }
}
