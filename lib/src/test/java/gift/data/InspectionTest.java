package gift.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.sample.SampleFiles;
import gift.image.Image;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
    @TempDir
    Path root;

    @Test
    void everyBadImageIsNamedUpTo20() {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            files.add(i < 25 ? SampleFiles.text(root.resolve(i + ".jpg"), "no image") : Samples.jpeg(root.resolve(i + ".jpg")));
        }
        ImageDataset data = new FileDataset("set", List.of("a"), files, new int[30]);
        List<String> problems = Inspection.problems(data);
        assertThat(problems).hasSize(21).last().asString().contains("25 of 30");
        for (int i = 0; i < 20; i++) {
            assertThat(problems.get(i)).contains(files.get(i).toString()).doesNotContain("\n");
        }
        Task task = new Task("T", data, data, List.of("{}"));
        assertThatThrownBy(() -> Inspection.require(task)).isInstanceOf(InputException.class)
                .hasMessageContainingAll("T cannot be used", files.get(0).toString(), "39 more problems")
                .message().doesNotContain("\n");
    }

    @Test
    void aTruncatedImageIsNamed() throws IOException {
        Path file = Samples.jpeg(root.resolve("cut.jpg"));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, 100)); // ends within the header
        ImageDataset data = new FileDataset("set", List.of("a"), List.of(file), new int[1]);
        assertThat(Inspection.problems(data)).singleElement().asString().contains(file.toString());
    }

    @Test
    void missingFoldersAreNamedOnce() {
        List<Path> files = List.of(root.resolve("x/1.jpg"), root.resolve("x/2.jpg"), root.resolve("gone.jpg"));
        assertThat(Inspection.problems(new FileDataset("set", List.of("a"), files, new int[3])))
                .hasSize(2)
                .anyMatch(p -> p.contains("no folder " + root.resolve("x")) && p.contains("2 images"))
                .anyMatch(p -> p.contains(root.resolve("gone.jpg").toString()));
    }

    @Test
    void labelsAndClasses() {
        assertThat(Inspection.problems(Samples.dataset(List.of("a", "b", "c"), 0, 1, 2))).isEmpty();
        assertThat(Inspection.problems(Samples.dataset(List.of("a", "b", "c"), 0, 7)))
                .containsExactly(
                        "sample: label 7 of memory#1, but the 3 classes are numbered 0 to 2",
                        "sample: 2 of 3 classes without an image: b, c");
        assertThat(Inspection.problems(Samples.dataset(List.of("a")))).containsExactly("sample: no images");
        assertThat(Inspection.problems(Samples.dataset(List.of()))).contains("sample: no classes", "sample: no images");
        assertThat(Inspection.problems(Samples.dataset(List.of("a"), new int[30]).subset(new int[0])))
                .containsExactly("sample: no images");
    }

    @Test
    void pairsAreLookedAtOnce() {
        Image black = new Image(1, 1, new byte[3]);
        Image white = new Image(1, 1, new byte[] {-1, -1, -1});
        PairDataset pairs = PairDataset.of("pairs", List.of(white, black, white), List.of("a", "b", "c"));
        assertThat(Inspection.require(pairs, image -> !image.isBlack())).containsExactly(0, 2);
        assertThatThrownBy(() -> Inspection.require(PairDataset.of("none", List.of(), List.of()), image -> true))
                .isInstanceOf(InputException.class).hasMessage("none cannot be used: none: no images");
    }

    @Test
    void aClassWithoutTestImagesIsANote() {
        List<String> classes = List.of("a", "b");
        Task task = new Task("T", Samples.dataset(classes, 0, 1), Samples.dataset(classes, 1), List.of("{}"));
        Inspection.require(task);
        assertThat(Inspection.notes(task)).containsExactly("sample: 1 of 2 classes without an image: a");
        Task swapped = new Task("T", task.test(), task.train(), List.of("{}"));
        assertThatThrownBy(() -> Inspection.require(swapped)).isInstanceOf(InputException.class)
                .hasMessage("T cannot be used: sample: 1 of 2 classes without an image: a");
    }

    @Test
    void classesOfTheSameNameAreANote() {
        ImageDataset data = Samples.dataset(List.of("a_b", "a b"), 0, 1);
        assertThat(Inspection.notes(new Task("T", data, data, List.of("x {}"))))
                .containsExactly("T: more than one class has the prompt \"x a b\"");
    }
}
