package gift.incremental;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gift.Shared;
import gift.data.ClassNames;
import gift.incremental.PublishedIncremental.Settings;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files of the form of ZSCL's class-incremental code. */
class PublishedIncrementalTest {
    private static final String FILE = """
            hydra:
              run:
                dir: ./experiments/${scenario}/${dataset}_${initial_increment}-${increment}
            class_order: ""
            dataset_root: ""
            log_path: "metrics.json"
            model_name: "ViT-B/16"
            prompt_template: "a bad photo of a {}."
            batch_size: 32
            increment: ${initial_increment}
            initial_increment: 10
            scenario: "class"
            dataset: "cifar100"
            # method: "lwf"
            weight_decay: 0.0
            l2: 0
            ce_method: 0
            method: "ZSCL"
            lr: 7e-6
            ls: 0.2
            we: 1
            avg_freq: 10
            ref_dataset: "conceptual_captions"
            ref_sentences: "conceptual_captions"
            """;

    @TempDir
    Path folder;

    private Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PublishedIncremental read(String name, String... overrides) {
        return PublishedIncremental.read(file(name, FILE), new Overrides(List.of(overrides)));
    }

    private void fails(String override, String... parts) {
        assertThatThrownBy(() -> read("a.yaml", override)).isInstanceOf(InputException.class).hasMessageContainingAll(parts)
                .message().doesNotContain("\n");
    }

    @Test
    void everySetting() {
        PublishedIncremental read = read("cifar100_10-10-ZSCL.yaml");
        assertThat(read.settings()).isEqualTo(new Settings("CIFAR100", 10, 10, "cifar100", "a bad photo of a {}.",
                "weights/clip/ViT-B-16.pt", "zscl", Map.of("average_every", 10), 0, 32, 32, 7e-6, 0.2, 0));
        assertThat(read.notes()).contains("increment = 10 -> 10 classes in each later step",
                "we = 1 -> weight ensemble", "ref_sentences = conceptual_captions -> all sentences of ConceptualCaptions")
                .noneMatch(note -> note.startsWith("wrong"));
        JsonNode study = read.study();
        assertThat(study.at("/scenario/class_incremental/order").asText()).isEqualTo("cifar100");
        assertThat(study.at("/references/real/set").asText()).isEqualTo("ConceptualCaptions");
        assertThat(study.at("/training/warmup").asInt()).isEqualTo(30);
        assertThat(study.at("/methods/zscl/base").asText()).isEqualTo("zscl");
    }

    @Test
    void whatIsWrong() {
        PublishedIncremental lwa = read("tinyimagenet_100-5-ZSCL.yml", "method=lwa", "~l2", "~ce_method");
        assertThat(lwa.settings().method()).isEqualTo("finetune");
        assertThat(lwa.notes()).contains("wrong: the file's name says ZSCL, its method is lwa",
                "unused: we = 1, because weights are averaged with ZSCL alone")
                .anyMatch(note -> note.startsWith("wrong: the published code knows no method lwa"))
                .anyMatch(note -> note.startsWith("wrong: l2, ce_method are missing") && note.endsWith("+l2=0 +ce_method=0 says so"));
        PublishedIncremental lwf = read("a-LwF.yaml", "method=lwfvr", "ref_sentences=random", "ref_dataset=null", "we=null");
        assertThat(lwf.settings().method()).isEqualTo("lwf_vr_published");
        assertThat(lwf.notes()).contains("wrong: the file's name says LwF, its method is lwfvr", "ref_dataset = null -> none");
        assertThat(read("b.yaml", "method=lwf", "ref_dataset=", "ref_sentences=").settings().method()).isEqualTo("lwf_published");
        PublishedIncremental icarl = read("c.yaml", "method=iCaRL", "ref_sentences=null", "batch_size=128");
        assertThat(icarl.settings().method()).isEqualTo("icarl_published");
        assertThat(icarl.settings().referenceBatchSize()).isEqualTo(64);
        assertThat(read("d.yaml", "increment=5").notes()).anyMatch(note -> note.startsWith("wrong: the published code takes"
                + " increment, 5 classes, for the first step"));
        assertThat(read("e.yaml", "method=finetune", "ce_method=ext", "l2=0.5").settings().changes())
                .isEqualTo(Map.of("competing_texts", "captions", "penalty", "l2", "penalty_weight", 0.5));
        assertThat(read("f.yaml", "we=null").settings().changes()).isEqualTo(Map.of("averaging", "none"));
    }

    @Test
    void overrides() {
        assertThat(read("a.yaml", "lr=1e-5", "initial_increment=20", "class_order=class_orders/cifar100.yaml").settings().increment())
                .isEqualTo(20);
        assertThat(read("a.yaml", "+epochs=1", "++epochs=1", "hydra.run.dir=x").notes())
                .anyMatch(note -> note.startsWith("ignored: epochs = 1"));
        assertThat(read("a.yaml", "prompt_template='a {}, small'").settings().template()).isEqualTo("a {}, small");
        assertThat(read("a.yaml", "dataset_root=../datasets/").study().path("data").asText()).isEqualTo("../../../datasets");
        fails("learning_rate=1", "a.yaml has no key 'learning_rate'", "+learning_rate=value adds it");
        fails("+lr=1", "has 'lr' already");
        fails("lr=1e-5,1e-6", "several values");
        fails("l=1", "'l2'");
        fails("~x", "no key 'x'");
        fails("hydra.job.x=1", "'job'");
        fails("increment=${initial}", "refers to 'initial'");
        fails("increment=${increment}", "refers to itself");
        fails("lr=[1", "no YAML");
    }

    @Test
    void badEntries() throws IOException {
        fails("dataset=core50", "no data set 'core50'");
        fails("scenario=domain", "scenario must be class");
        fails("increment=0", "increment must be 1 or more, not 0");
        fails("class_order=class_orders/imagenet100.yaml", "another data set");
        fails("class_order=mine.yaml", "no published class order");
        fails("ref_dataset=null", "ZSCL distils on conceptual_captions");
        fails("avg_freq=null", "avg_freq must be 1 or more");
        fails("+mehtod=x", "unknown key 'mehtod'", "'method'");
        fails("prompt_template=x", "{}");
        for (String[] bad : new String[][] {
            {FILE + "lr: 1\n", "line", "lr"}, {"a: [1\n", "line"}, {"", "keys"}, {"- 1\n", "keys"}, {"a: 1\n", "unknown key 'a'"},
        }) {
            Path file = file("bad.yaml", bad[0]);
            assertThatThrownBy(() -> PublishedIncremental.read(file, Overrides.NONE)).isInstanceOf(InputException.class)
                    .hasMessageContaining("bad.yaml").hasMessageContainingAll(Arrays.copyOfRange(bad, 1, bad.length))
                    .message().doesNotContain("\n");
        }
    }

    /** All 24 published files, as far as their keys are known. */
    @Test
    void thePublishedFiles() {
        JsonNode protocol = Json.tree(Shared.require("parity/cil/protocol.json"));
        for (Map.Entry<String, JsonNode> config : protocol.get("configs").properties()) {
            StringBuilder text = new StringBuilder("scenario: class\n");
            config.getValue().properties().stream()
                    .filter(e -> !List.of("tasks", "classes_per_task", "missing_keys_the_code_reads").contains(e.getKey()))
                    .forEach(e -> text.append(e.getKey()).append(": ").append(e.getValue()).append('\n'));
            PublishedIncremental read = PublishedIncremental.read(file(config.getKey() + ".yaml", text.toString()), Overrides.NONE);
            JsonNode published = config.getValue();
            Settings settings = read.settings();
            int classes = ClassNames.of(settings.dataSet()).names().size();
            int later = (classes - settings.initial() + settings.increment() - 1) / settings.increment();
            assertThat(1 + later).as(config.getKey()).isEqualTo(published.get("tasks").asInt());
            assertThat(protocol.at("/class_orders/" + settings.order() + "/classes").asInt()).isEqualTo(classes);
            assertThat(settings.learningRate()).isEqualTo(published.get("lr").asDouble());
            boolean missing = !published.get("missing_keys_the_code_reads").isEmpty();
            assertThat(read.notes().stream().anyMatch(note -> note.contains("missing, which the"))).isEqualTo(missing);
            boolean distils = List.of("ZSCL", "lwf", "lwfvr", "iCaRL").contains(published.get("method").asText());
            assertThat(settings.method().equals("finetune")).isEqualTo(!distils);
        }
        for (String set : List.of("TinyImageNet", "ImageNet100")) {
            assertThat(Json.toTree(ClassNames.of(set).names())).isEqualTo(protocol.at("/class_names/" + set.toLowerCase(Locale.ROOT)));
        }
    }

    /** The studies of the paper profile have the steps and the training of the published files, and a plan of the same steps. */
    @Test
    void theShippedStudies() throws IOException {
        JsonNode configs = Json.tree(Shared.require("parity/cil/protocol.json")).get("configs");
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of("../data/studies"))) {
            files = all.filter(file -> file.getFileName().toString().startsWith("cil_")).sorted().toList();
        }
        assertThat(files).hasSize(8);
        for (Path file : files) {
            JsonNode study = Json.tree(file);
            JsonNode scenario = study.at("/scenario/class_incremental");
            String dataSet = study.at("/tasks/0").asText().toLowerCase(Locale.ROOT);
            List<JsonNode> same = configs.valueStream().filter(config -> config.get("dataset").asText().equals(dataSet)
                    && config.get("initial_increment").equals(scenario.get("initial"))
                    && config.get("increment").equals(scenario.get("increment"))
                    && List.of("lwfvr", "ZSCL").contains(config.get("method").asText())).toList();
            assertThat(same).as(file.toString()).isNotEmpty().allSatisfy(config -> {
                assertThat(study.at("/training/batch_size")).isEqualTo(config.get("batch_size"));
                assertThat(study.at("/training/learning_rate")).isEqualTo(config.get("lr"));
            });
            assertThat(scenario.get("order").asText()).isEqualTo(dataSet);
            Path plan = file.resolveSibling(study.at("/references/synthetic/plan").asText());
            assertThat(Json.tree(plan).get("scenario")).isEqualTo(study.get("scenario"));
            assertThat(Json.tree(plan).get("classes_of")).isEqualTo(study.at("/tasks/0"));
        }
    }
}
