package gift.data.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ClassNames;
import gift.data.Inspection;
import gift.data.Task;
import gift.data.readers.Datasets;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every painted set opens by its true reader, is sound, and has all its classes. */
class SampleSetsTest {
    @TempDir
    Path root;

    @Test
    void allClassesOfEverySet() {
        for (String set : SampleSets.names()) {
            assertThat(SampleSets.write(set, root)).as(set).isTrue();
            assertThat(SampleSets.write(set, root)).as(set).isFalse();
            if (Datasets.pairNames().contains(set)) {
                assertThat(Datasets.captions(set, root)).hasSize(200);
                assertThat(Inspection.problems(Datasets.openPairs(set, root))).isEmpty();
                continue;
            }
            Task task = Datasets.open(set, root);
            boolean forTesting = set.equals("ImageNetSketch") || set.equals("ImageNetR");
            assertThat(forTesting ? Inspection.problems(task.test()) : Inspection.problems(task)).as(set).isEmpty();
            assertThat(task.test().size()).as(set).isPositive();
            assertThat(task.classNames()).as(set).hasSize(switch (set) {
                case "SUN397" -> 397;
                case "ImageNet", "ImageNetSketch", "ImageNetR" -> 20;
                case "CUB", "Caltech256" -> 3;
                case "Birdsnap" -> 2;
                case "UCF101" -> 3;
                default -> ClassNames.of(set).names().size();
            });
        }
        assertThatThrownBy(() -> SampleSets.write("Moths", root)).isInstanceOf(InputException.class);
        assertThat(SampleSets.names()).containsAll(List.of("Aircraft", "StanfordCars"));
    }
}
