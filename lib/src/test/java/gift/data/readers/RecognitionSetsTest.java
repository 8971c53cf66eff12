package gift.data.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.Inspection;
import gift.data.Task;
import gift.data.sample.SampleFiles;
import gift.data.sample.SampleSets;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data sets that recognition adds to the benchmark's, in their true layouts. */
class RecognitionSetsTest {
    @TempDir
    private Path root;

    /** Opens a painted set from the folder above and its own, and finds every image painted by its label. */
    private Task painted(String set, String folder) {
        SampleSets.write(set, root);
        Task task = Datasets.open(set, root);
        assertThat(Datasets.open(set, root.resolve(folder)).test().labels()).isEqualTo(task.test().labels());
        for (int i = 0; i < task.test().size(); i++) {
            assertThat(Math.abs(task.test().image(i).get(5, 5, 0) - SampleFiles.image(task.test().label(i)).get(5, 5, 0)))
                    .as(task.test().source(i)).isLessThanOrEqualTo(3);
        }
        return task;
    }

    private void fails(String set, String... parts) {
        assertThatThrownBy(() -> Datasets.open(set, root)).isInstanceOf(InputException.class).hasMessageContainingAll(parts);
    }

    @Test
    void cub() throws IOException {
        Task task = painted("CUB", "CUB_200_2011");
        assertThat(Inspection.problems(task)).isEmpty();
        assertThat(task.classNames()).containsExactly("Black footed Albatross", "Laysan Albatross", "Sooty Albatross");
        assertThat(task.train().labels()).containsExactly(0, 1, 2);
        assertThat(task.train().source(1)).endsWith("bird_0.jpg");
        assertThat(task.trainingPrompts()).first().isEqualTo("a photo of a Black footed Albatross, a type of bird.");
        Path split = root.resolve("CUB_200_2011/train_test_split.txt");
        Files.writeString(split, Files.readString(split).replace("4 0\n", ""));
        fails("CUB", "image 4 nothing");
        Files.writeString(split, "1;1\n");
        fails("CUB", "\"1;1\"", split.toString());
    }

    @Test
    void birdsnap() throws IOException {
        Task task = painted("Birdsnap", "birdsnap");
        assertThat(task.classNames()).containsExactly("Acadian Flycatcher", "Allen's Hummingbird");
        assertThat(task.train().size()).isEqualTo(2); // what could not be fetched is not there
        assertThat(task.test().source(1)).endsWith("2.jpg");
        Files.createDirectories(root.resolve("birdsnap/download/images/Dodo"));
        fails("Birdsnap", "Dodo", "no species");
        Files.move(root.resolve("birdsnap/download"), root.resolve("birdsnap/later"));
        fails("Birdsnap", "get_birdsnap.py");
    }

    @Test
    void ucf101() throws IOException {
        Task task = painted("UCF101", "ucf101");
        assertThat(task.classNames()).containsExactly("Apply Eye Makeup", "Archery", "Yo Yo");
        assertThat(task.train().labels()).containsExactly(0, 1, 2, 0, 1, 2); // train and val
        assertThat(task.test().source(2)).endsWith("v_YoYo_test.jpg");
        assertThat(task.trainingPrompts()).first().isEqualTo("a photo of a person doing Apply Eye Makeup.");
        Path split = root.resolve("ucf101/split_zhou_UCF101.json");
        String lists = Files.readString(split);
        Files.writeString(split, lists.replaceFirst("\"Archery\"", "\"Bowling\""));
        fails("UCF101", "label 1", "\"Bowling\" and \"Archery\"");
        Files.writeString(split, lists.replace("\"val\"", "\"valid\""));
        fails("UCF101", "no list \"val\"", split.toString());

        Files.delete(split);
        for (String part : List.of("train", "test")) { // middle frames in folders
            Path folder = Files.createDirectories(root.resolve("UCF101").resolve(part).resolve("Yo_Yo"));
            Files.copy(root.resolve("ucf101/UCF-101-midframes/Yo_Yo/v_YoYo_test.jpg"), folder.resolve("1.jpg"));
        }
        assertThat(Datasets.open("UCF101", root).classNames()).containsExactly("Yo Yo");
    }

    @Test
    void caltech256() {
        Task task = painted("Caltech256", "caltech256");
        assertThat(task.classNames()).containsExactly("ak47", "american flag", "electric guitar"); // without the clutter
        assertThat(task.train().size()).isEqualTo(12);
        assertThat(task.test().size()).isEqualTo(3);
    }

    @Test
    void otherStylesOfImageNet() {
        Task sketch = painted("ImageNetSketch", "sketch");
        assertThat(sketch.classNames()).hasSize(20).startsWith("tench", "goldfish");
        assertThat(sketch.train().size()).isZero();
        Task renditions = painted("ImageNetR", "imagenet-r");
        assertThat(renditions.classNames()).startsWith("goldfish"); // the first of the classes that are there
        assertThat(Arrays.stream(renditions.test().labels()).distinct().toArray()).isEqualTo(IntStream.range(0, 20).toArray());
    }
}
