package gift.sources;

import static org.assertj.core.api.Assertions.assertThat;

import gift.data.DatasetSource;
import gift.data.ImageSource;
import gift.data.PairDataset;
import gift.data.Task;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.mini.World;
import gift.mini.WorldSource;
import gift.tensor.RandomStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Validation images: none of them is a training or a test image, by what they show. */
class ValidationTest {
    @TempDir
    Path root;

    private static Set<String> contents(ImageSource images) {
        return IntStream.range(0, images.size()).parallel().mapToObj(images::contents).collect(Collectors.toSet());
    }

    private static void assertDisjoint(Set<String> one, Set<String> other) {
        assertThat(one).isNotEmpty().doesNotContainAnyElementsOf(other);
    }

    @Test
    void ofTheWorld() {
        DatasetSource world = new WorldSource();
        for (String name : World.tasks()) {
            Task reported = world.openUnseen(name);
            Task judged = world.forValidation().openUnseen(name);
            assertThat(judged.test().size()).isEqualTo(reported.test().size()).isEqualTo(400);
            assertThat(judged.test().source(0)).contains(name + "/validation/");
            assertThat(contents(judged.train())).isEqualTo(contents(reported.train()));
            assertDisjoint(contents(judged.test()), contents(reported.test()));
            assertDisjoint(contents(judged.test()), contents(reported.train()));
        }
        assertThat(world.forValidation().openUnseen(World.WEB).test().source(0)).contains("web/validation/");
    }

    private void images(String split, String label, int count) {
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[3 * 4 * 4];
            RandomStream random = RandomStream.of(1, split + label, i);
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (byte) random.nextInt(256);
            }
            ImageFiles.writePng(root.resolve("own").resolve(split).resolve(label).resolve(i + ".png"), new Image(4, 4, rgb));
        }
    }

    private static Map<Integer, Integer> perClass(int[] labels) {
        Map<Integer, Integer> counts = new TreeMap<>();
        IntStream.of(labels).forEach(c -> counts.merge(c, 1, Integer::sum));
        return counts;
    }

    @Test
    void ofAFolderAFifthOfEachClassOfItsTrainingImages() {
        Map.of("a", 20, "b", 8, "c", 2, "d", 1).forEach((label, count) -> images("train", label, count));
        List.of("a", "b", "c", "d").forEach(label -> images("test", label, 3));
        FolderSource source = new FolderSource(root);
        Task reported = source.openUnseen("own");
        Task judged = source.forValidation().openUnseen("own");
        assertThat(perClass(judged.test().labels())).isEqualTo(Map.of(0, 4, 1, 2, 2, 1));
        assertThat(perClass(judged.train().labels())).isEqualTo(Map.of(0, 16, 1, 6, 2, 1, 3, 1));
        assertThat(judged.classNames()).isEqualTo(reported.classNames());
        Set<String> validation = contents(judged.test());
        Set<String> training = contents(judged.train());
        assertDisjoint(validation, contents(reported.test()));
        assertDisjoint(validation, training);
        assertThat(contents(reported.train())).containsAll(validation).containsAll(training)
                .hasSize(validation.size() + training.size());
        PairDataset pairs = source.forValidation().pairs("own");
        assertThat(contents(pairs)).as("what is distilled on").isEqualTo(training);
        assertThat(contents(source.forValidation().openUnseen("own").test())).as("opened again").isEqualTo(validation);
    }
}
