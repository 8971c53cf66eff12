package gift.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ImageDataset;
import gift.diffusion.Sampling;
import gift.diffusion.TinyDiffusion;
import gift.image.Image;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of classes from sentences, and from real images. */
class ClassPromptsTest {
    private static final List<String> LABELS = List.of("dog", "Big Cat");

    @TempDir
    private Path folder;

    @BeforeEach
    void model() {
        TinyDiffusion.write(folder.resolve("sd"));
    }

    private ClassPrompts prompts(int perSentence) {
        Map<String, List<String>> sentences = new LinkedHashMap<>();
        sentences.put("dog", List.of("a dog.", "a red dog."));
        sentences.put("Big Cat", List.of("a cat.", "a cat at night."));
        Sampling sampling = Sampling.DEFAULT.withSteps(4).withSize(32, 32).withBatch(3);
        GenerationPlan settings = Json.replace(Json.replace(GenerationPlan.DEFAULT, "sampling", sampling), "device", "cpu");
        return new ClassPrompts(folder.resolve("sd"), sentences, "a photo of {}", perSentence, settings);
    }

    private Map<String, String> images(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place.resolve("images"))) {
            return files.filter(Files::isRegularFile).collect(Collectors.toMap(
                    file -> place.relativize(file).toString(), Hashes::sha256, (a, b) -> a, TreeMap::new));
        }
    }

    @Test
    void aSentenceGivesItsViewsAndAStoppedJobGoesOn() throws IOException {
        Path whole = folder.resolve("whole");
        Generation all = new Generation(prompts(2).write(whole), null);
        assertThat(all.run(0, all.total())).isZero();
        assertThat(Files.readAllLines(whole.resolve("images/0001_big_cat_Syn/image_text.csv"))).containsExactly("image,text",
                "0.jpeg,a photo of a cat.", "1.jpeg,a photo of a cat.", "2.jpeg,a photo of a cat at night.",
                "3.jpeg,a photo of a cat at night.");

        Path parts = folder.resolve("parts");
        assertThat(new Generation(prompts(2).write(parts), null).run(2, 7)).isEqualTo(3);
        assertThatThrownBy(() -> ClassPrompts.read("cats", parts, LABELS, 4)).isInstanceOf(InputException.class)
                .hasMessageContaining("cats: no image").hasMessageContaining("plan.json");
        Generation rest = new Generation(prompts(2).write(parts), null);
        assertThat(rest.run(0, rest.total())).isZero();
        assertThat(images(parts)).isEqualTo(images(whole));

        ImageDataset read = ClassPrompts.read("cats", whole, LABELS, 4);
        assertThat(read.labels()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        assertThat(read.classNames()).isEqualTo(LABELS);
        assertThat(read.image(0)).isNotEqualTo(read.image(1));
    }

    @Test
    void realImagesGuide() throws IOException {
        byte[] rgb = new byte[3 * 40 * 32];
        RandomStream random = RandomStream.of(1, "guide");
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) random.nextInt(256);
        }
        List<Image> own = List.of(new Image(40, 32, rgb), new Image(32, 32, new byte[3 * 32 * 32]));
        Path place = folder.resolve("guided");
        Path plan = prompts(1).write(place, List.of(own, own), 0.5);
        Generation generation = new Generation(plan, null);
        assertThat(generation.run(0, generation.total())).isZero();
        assertThat(Files.readString(place.resolve("images/plan.json"))).contains("\"strength\" : 0.5");

        Path plain = folder.resolve("plain");
        Generation other = new Generation(prompts(1).write(plain), null);
        other.run(0, other.total());
        assertThat(images(plain)).isNotEqualTo(images(place));
        assertThat(Files.readString(plain.resolve("images/plan.json"))).doesNotContain("guides");

        Files.delete(place.resolve("guides/0001_big_cat/1.png"));
        Files.delete(place.resolve("guides/0001_big_cat/0.png"));
        assertThatThrownBy(() -> new Generation(plan, null)).isInstanceOf(InputException.class)
                .hasMessageContaining("guides: no image").hasMessageContaining("0001_big_cat");
    }

    @Test
    void whatDoesNotServe() {
        assertThatThrownBy(() -> new ClassPrompts(folder, Map.of("dog", List.of("a dog")), "a photo", 1, GenerationPlan.DEFAULT))
                .isInstanceOf(InputException.class).hasMessageContaining("no {}");
        Map<String, List<String>> uneven = new LinkedHashMap<>();
        uneven.put("dog", List.of("a", "b"));
        uneven.put("cat", List.of("a"));
        assertThatThrownBy(() -> new ClassPrompts(folder, uneven, "{}", 1, GenerationPlan.DEFAULT))
                .isInstanceOf(InputException.class).hasMessageContaining("'cat' has 1 sentences, others 2");
    }
}
