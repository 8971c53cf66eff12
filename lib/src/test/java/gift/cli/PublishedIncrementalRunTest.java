package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.generate.GenerationPlan;
import gift.study.StudyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ZSCL's class-incremental configurations on the terminal, and the shipped studies of the paper profile. */
class PublishedIncrementalRunTest {
    private static final String FILE = """
            class_order: ""
            model_name: "ViT-B/16"
            prompt_template: "a bad photo of a {}."
            batch_size: 64
            increment: ${initial_increment}
            initial_increment: 10
            scenario: "class"
            dataset: "cifar100"
            method: "finetune"
            lr: 7.1e-6
            ls: 0.2
            we: 1
            avg_freq: 10
            ref_dataset: "conceptual_captions"
            ref_sentences: "conceptual_captions"
            weight_decay: 0.0
            """;

    @TempDir
    Path folder;

    @Test
    void explained() throws IOException {
        Path file = Files.writeString(folder.resolve("cifar100_10-10-ZSCL.yaml"), FILE);
        Terminal plain = Terminal.run("run", "--explain", file);
        assertThat(plain.code()).as(plain.err()).isZero();
        assertThat(plain.out()).contains("wrong: l2, ce_method are missing", "wrong: the file's name says ZSCL, its method is finetune",
                "as a study:", "\"RANDOM_AS_PUBLISHED\"");
        Terminal mended = Terminal.run("run", "--explain", file, "method=ZSCL", "+l2=0", "+ce_method=0", "lr=1e-5");
        assertThat(mended.code()).as(mended.err()).isZero();
        assertThat(mended.out()).doesNotContain("wrong:").contains("\"learning_rate\" : 1.0E-5", "\"base\" : \"zscl\"");
        Terminal wrong = Terminal.run("run", "--explain", file, "mehtod=ZSCL");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err().strip()).contains("no key 'mehtod'", "did you mean 'method'").hasLineCount(1);
    }

    @Test
    void theShippedStudies() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("../data/studies"))) {
            List<Path> files = all.filter(file -> file.getFileName().toString().startsWith("cil_")).sorted().toList();
            assertThat(files).hasSize(8).allSatisfy(file -> {
                StudyConfig study = StudyConfig.read(file);
                assertThat(study.name()).isEqualTo(file.getFileName().toString().replace(".json", ""));
                assertThat(study.methods()).hasSize(11).containsKeys("zeroshot", "zscl", "gift", "icarl_published");
                GenerationPlan plan = GenerationPlan.read(file.resolveSibling(study.references().get("synthetic").plan()));
                assertThat(plan.pools(file.getParent())).hasSize(1 + plan.tasks().size());
            });
        }
    }
}
