package gift.cli;

import static gift.cli.SmallStudyRuns.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import gift.diffusion.glide.SmallGlide;
import gift.io.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recognition study of a few updates with the mini models, sentences and images by class; what does not serve. */
class RecognitionTest {
    private static final Path STUDY = Path.of("../data/studies/mini_recognition.json");
    private static final List<String> SMALL = List.of("tasks=[\"land\"]", "seeds=[1,2]", "shots=[2]", "synthetic.count=4",
            "synthetic.per_sentence=2", "synthetic.sampling.steps=2", "filter.cap=8", "guided.per_class=2", "validation=1",
            "zero_shot.epochs=2", "few_shot.epochs=2", "linear_probe.epochs=2", "coop.epochs=2", "tip_adapter.epochs=2", "tip_adapter.betas=3",
            "test_images=50");

    @TempDir
    private Path folder;

    private SmallStudyRuns study;

    @BeforeEach
    void study() {
        study = new SmallStudyRuns("recognition", STUDY, SMALL, folder);
    }

    @Test
    void everyMethodRunsAndAStoppedStudyGoesOn() throws IOException {
        Terminal whole = study.run("whole");
        assertThat(whole.err()).isEmpty();
        assertThat(whole.code()).isZero();
        Path results = folder.resolve("whole/mini_recognition");
        List<List<String>> rows = Csv.read(results.resolve("results.csv"));
        assertThat(rows).hasSize(1 + 1 + 14 * 2);
        assertThat(rows.get(1)).startsWith("land", "zero_shot", "0", "1").endsWith("");
        assertThat(rows.get(2)).startsWith("land", "synthetic").endsWith("validation");
        assertThat(Csv.read(results.resolve("summary.csv"))).hasSize(1 + 15);
        assertThat(Csv.read(results.resolve("images/land/filter.csv"))).hasSize(1 + 10)
                .allMatch(row -> row.get(1).equals("images") || row.get(1).equals("8") && row.get(4).equals("8"));
        assertThat(results.resolve("images/land/filter.png")).isRegularFile();
        assertThat(Csv.read(results.resolve("images/land/filter_names.csv"))).hasSize(1 + 10);

        assertThat(study.run("parts", List.of("--task", "land"), "methods=[\"synthetic\"]", "seeds=[2]").code()).isZero();
        assertThat(folder.resolve("parts/mini_recognition/results.csv")).doesNotExist();
        Path image = folder.resolve("parts/mini_recognition/images/land/synthetic/images/0003_" );
        try (Stream<Path> classes = Files.list(image.getParent())) {
            Path some = classes.filter(f -> f.getFileName().toString().startsWith("0003_")).findFirst().orElseThrow();
            Files.delete(some.resolve("4.jpeg"));
        }
        assertThat(study.run("parts").code()).isZero();
        assertThat(study.content("parts")).isEqualTo(study.content("whole"));
    }

    @Test
    void sentencesAndImagesByClass() throws IOException {
        Files.writeString(folder.resolve("names.txt"), "river\n\nforest\n");
        Path lines = folder.resolve("sentences.jsonl");
        Terminal made = Terminal.run("sentences", "--classes", folder.resolve("names.txt"), "--count", "3", "--out", lines);
        assertThat(made.out()).contains("3 sentences for each of 2 classes").contains("template grammar");
        assertThat(Files.readAllLines(lines)).hasSize(6).allMatch(line -> line.contains("\"source\":\"template grammar\""));
        Path model = Path.of("../data/mini/stable-diffusion").toAbsolutePath().normalize();
        Path plan = Files.writeString(folder.resolve("plan.json"), """
                {"model": "%s", "sentences": "sentences.jsonl", "wrapper": "{}", "per_sentence": 2, "count": 2, "device": "cpu",
                 "sampling": {"steps": 1, "guidance": 1, "width": 32, "height": 32}}
                """.formatted(model));
        assertThat(Terminal.run("class-images", plan, "--to", "3").out()).contains("5 of 8 images are still to be made");
        assertThat(Terminal.run("class-images", plan).out()).contains("all 8 images");
        Terminal other = Terminal.run("class-images", plan, "--set", "count=9");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("the class 'river' has 3 sentences, not the 9 of count");
    }

    @Test
    void realGuidanceByGlide() throws IOException {
        SmallGlide.write(folder.resolve("glide"));
        Terminal guided = study.run("glide_runs", "methods=[\"guided\"]", "seeds=[1]", "shots=[1]", "guided.model=" + folder.resolve("glide"),
                "guided.sampling.steps=4", "guided.sampling.width=32", "guided.sampling.height=32");
        assertThat(guided.err()).isEmpty();
        assertThat(guided.out()).contains("guided");
        Path images = folder.resolve("glide_runs/mini_recognition/images/land/guided/1_shots_1/images");
        try (Stream<Path> classes = Files.list(images)) {
            assertThat(classes.filter(Files::isDirectory)).hasSize(10).allMatch(own -> Files.exists(own.resolve("1.jpeg")));
        }
        assertRefused(study.run("x", "methods=[\"guided\"]", "shots=[2]", "guided.model=" + folder), "no file", "model_index.json");
    }

    @Test
    void whatDoesNotServe() throws IOException {
        assertRefused(study.run("none", "methods=[\"synthetic\"]", "synthetic.count=1", "synthetic.per_sentence=1",
                "synthetic.sampling.steps=1", "filter={\"rule\": \"threshold\"}"), "the filter leaves no image of the class");
        assertRefused(study.run("x", "methods=[\"sinthetic\"]"), "no method 'sinthetic' (did you mean 'synthetic'?");
        assertRefused(study.run("x", "methods=[\"real\"]", "shots=[60]"), "has 60 images, not the 60 shots and 1 for validation");
        assertRefused(study.run("x", "methods=[\"synthetic\"]", "synthetic.count=4000"), "distinct sentences of", "not the 4000");
        assertRefused(study.run("x", "zero_shot={\"base\": \"zeroshot\"}"), "zero_shot: no settings 'zeroshot'");
        assertRefused(study.run("x", "validation=0"), "validation 0 leaves no image to choose epochs by");
        Path other = Files.writeString(folder.resolve("other.jsonl"), "{\"label\": \"rose\", \"text\": \"a rose.\"}\n");
        assertRefused(study.run("x", "methods=[\"synthetic\"]", "synthetic.sentences=" + other), "has no sentence for the class");
    }
}
