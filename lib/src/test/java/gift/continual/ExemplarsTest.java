package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.data.ImageDataset;
import gift.data.PairDataset;
import gift.data.Task;
import gift.image.Image;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.RandomStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExemplarsTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    /** Images of noise; every class has {@code each} of them, in turn. */
    private record Noise(String name, int classes, int each) implements ImageDataset {
        @Override
        public List<String> classNames() {
            return List.of("red", "green", "blue", "grey").subList(0, classes);
        }

        @Override
        public int size() {
            return classes * each;
        }

        @Override
        public int label(int i) {
            return i % classes;
        }

        @Override
        public Image image(int i) {
            byte[] rgb = new byte[3 * 16 * 16];
            RandomStream random = RandomStream.of(7, name, i);
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (byte) random.nextInt(256);
            }
            return new Image(16, 16, rgb);
        }

        @Override
        public String source(int i) {
            return name + "#" + i;
        }
    }

    private static Task task(String name, int classes, int each) {
        ImageDataset data = new Noise(name, classes, each);
        return new Task(name, data, data, List.of("a photo of a {}."));
    }

    /**
     * The mean of (1, 0), (0, 1), (0.6, 0.8), (0.96, 0.28) is (0.64, 0.52). Nearest to it is the third (squared
     * distances 0.4, 0.64, 0.08, 0.16); with that, the means of two are off by 0.04, 0.26, 0.02 with the first, second,
     * fourth; then the means of three by 0.0711 and 0.0444 with the first and second.
     */
    @Test
    void herdingWorkedOutByHand() {
        float[][] features = {{1, 0}, {0, 1}, {0.6f, 0.8f}, {0.96f, 0.28f}};
        assertThat(Exemplars.herd(features, 4)).containsExactly(2, 3, 1, 0);
        assertThat(Exemplars.herd(features, 2)).containsExactly(2, 3);
        assertThat(Exemplars.herd(features, 9)).hasSize(4);
        assertThat(Exemplars.herd(new float[0][], 3)).isEmpty();
    }

    /**
     * Of the four images above, 2, 3, 1, 0 are picked in this order. As published the picked places 2, 3 - 1, 1, 0 are taken
     * for numbers: 2, 2, 1, 0. With a memory of 3 the second task gets 3 - 3/2 = 2, and the first keeps 1.
     */
    @Test
    void theMemoryOfTheClassIncrementalCode() {
        float[][] features = {{1, 0}, {0, 1}, {0.6f, 0.8f}, {0.96f, 0.28f}};
        assertThat(Exemplars.herdAsPublished(features, 4, 1)).containsExactly(2, 2, 1, 0);
        Exemplars published = Exemplars.NONE.before(features, 3, true).before(features, 3, true);
        assertThat(published.chosen().get(0).get(0)).containsExactly(2);
        assertThat(published.chosen().get(1).get(0)).containsExactly(2, 2);
        Exemplars intended = Exemplars.NONE.before(features, 3, false).before(features, 3, false);
        assertThat(intended.chosen().get(0).get(0)).containsExactly(2);
        assertThat(intended.chosen().get(1).get(0)).containsExactly(2);
        assertThatThrownBy(() -> intended.before(features, 2, false)).isInstanceOf(InputException.class)
                .hasMessage("a memory of 2 has no place for 3 tasks");
    }

    /** Three tasks of 2, 1 and 1 classes. As published, as many prompts as the first task has are left out at the end. */
    @Test
    void textsThatCompete() {
        List<List<String>> prompts = List.of(List.of("a", "b"), List.of("c"), List.of("d"));
        assertThat(CompetingBatches.previous(CompetingTexts.PREVIOUS, prompts)).containsExactly("a", "b", "c");
        assertThat(CompetingBatches.previous(CompetingTexts.PREVIOUS_AS_PUBLISHED, prompts)).containsExactly("a", "b");
        assertThat(CompetingBatches.previous(CompetingTexts.PREVIOUS_AS_PUBLISHED, prompts.subList(0, 1))).isEmpty();
        TaskBatches own = new TinyTask();
        long[][] captions = new long[150][8];
        for (int i = 0; i < captions.length; i++) {
            captions[i][1] = i;
        }
        TaskBatches competing = CompetingBatches.withCaptions(own, captions, 1, 0);
        int classes = own.classTokens(0).length;
        assertThat(competing.classTokens(3)).hasNumberOfRows(classes + 100).isDeepEqualTo(competing.classTokens(3));
        assertThat(Arrays.copyOf(competing.classTokens(3), classes)).isDeepEqualTo(own.classTokens(3));
        assertThat(Arrays.stream(competing.classTokens(3)).skip(classes).mapToLong(row -> row[1]).toArray()).doesNotHaveDuplicates();
        assertThat(Arrays.deepEquals(competing.classTokens(3), competing.classTokens(4))).isFalse();
    }

    /** 20 places: 3 classes get 6 each; with 4 more classes all 7 get 2 each, the earlier ones their first 2. */
    @Test
    void theBudgetIsSharedEvenly() {
        try (Clip model = Clip.random(TinyTask.CONFIG, manager, 1)) {
            Exemplars one = Exemplars.NONE.after(task("one", 3, 10), model, 16, 20);
            assertThat(one.size()).isEqualTo(18);
            Exemplars two = one.after(task("two", 4, 10), model, 16, 20);
            assertThat(two.size()).isEqualTo(14);
            for (int c = 0; c < 3; c++) {
                int[] before = one.chosen().get(0).get(c);
                assertThat(two.chosen().get(0).get(c)).containsExactly(before[0], before[1]);
                int number = c;
                assertThat(before).doesNotHaveDuplicates();
                assertThat(Arrays.stream(before)).allMatch(i -> i % 3 == number);
            }
        }
    }

    /** Herding takes 2, 3, 1, 0. In the lists of those left, 0123, 013, 01, 0, these are at places 2, 2, 1, 0. */
    @Test
    void publishedHerdingTakesPlacesInTheListOfThoseLeftForNumbers() {
        float[][] features = {{1, 0}, {0, 1}, {0.6f, 0.8f}, {0.96f, 0.28f}};
        assertThat(Exemplars.herdAsPublished(features, 4)).containsExactly(2, 2, 1, 0);
        assertThat(Exemplars.herdAsPublished(features, 2)).containsExactly(2, 2);
    }

    /** K = 20: the first 20 images of task one; then 10 and 20 - 10; then 6, 6 and 20 - 6: 26 in all. */
    @Test
    void thePublishedMemoryIsSharedByTasksAndGrows() {
        try (Clip model = Clip.random(TinyTask.CONFIG, manager, 1)) {
            Exemplars one = Exemplars.NONE.afterAsPublished(task("one", 3, 10), model, 16, 20);
            assertThat(one.chosen().get(0).get(0)).isEqualTo(IntStream.range(0, 20).toArray());
            Exemplars two = one.afterAsPublished(task("two", 4, 10), model, 16, 20);
            assertThat(two.chosen()).extracting(task -> task.get(0).length).containsExactly(10, 10);
            Exemplars three = two.afterAsPublished(task("three", 2, 10), model, 16, 20);
            assertThat(three.chosen()).extracting(task -> task.get(0).length).containsExactly(6, 6, 14);
            assertThat(three.images(List.of(task("one", 3, 10), task("two", 4, 10), task("three", 2, 10))).size()).isEqualTo(26);
        }
    }

    /** 7 exemplars in batches of 3: 012, 345, 6, and again. */
    @Test
    void publishedExemplarsComeInTheirOrder() {
        PairDataset seven = PairDataset.some(PairDataset.of(task("one", 3, 10).train(), "{}"), new int[] {0, 1, 2, 3, 4, 5, 6});
        ImagePairs pairs = ImagePairs.of(seven, Tokenizer.load(Path.of("../data/mini/clip")),
                new BatchSettings(8, 16, 3, 1, 0, 1 << 20)).inOrder(3);
        assertThat(List.of(pairs.batch(0), pairs.batch(1), pairs.batch(2), pairs.batch(3))).containsExactly(
                new int[] {0, 1, 2}, new int[] {3, 4, 5}, new int[] {6}, new int[] {0, 1, 2});
    }

    @Test
    void aMemoryWithoutPlaceForAllClassesIsRefused() {
        try (Clip model = Clip.random(TinyTask.CONFIG, manager, 1)) {
            assertThatThrownBy(() -> Exemplars.NONE.after(task("one", 3, 10), model, 16, 2))
                    .isInstanceOf(InputException.class).hasMessage("a memory of 2 has no place for 3 classes");
        }
    }

    @Test
    void numbersAreWrittenAndImagesFoundAgain(@TempDir Path folder) {
        Task task = task("one", 3, 10);
        try (Clip model = Clip.random(TinyTask.CONFIG, manager, 1)) {
            Exemplars made = Exemplars.NONE.after(task, model, 16, 6);
            Path file = folder.resolve("exemplars.json");
            made.write(file);
            PairDataset images = Exemplars.read(file).images(List.of(task));
            int first = made.chosen().get(0).get(0)[0];
            assertThat(images.size()).isEqualTo(6);
            assertThat(images.image(0).rgb()).isEqualTo(task.train().image(first).rgb());
            assertThat(images.text(5)).isEqualTo("a photo of a blue.");
        }
    }

    // ---- the other references

    @Test
    void inEveryRoundOfJointTrainingEachTaskHasItsTurn() {
        List<TaskBatches> tasks = List.of(new TinyTask(), new TinyTask(), new TinyTask());
        JointBatches joint = new JointBatches(tasks, 1);
        for (int round = 0; round < 3; round++) {
            float[] same = new TinyTask().batch(round).images();
            for (int i = 0; i < 3; i++) {
                assertThat(joint.batch(3 * round + i).images()).isEqualTo(same);
                assertThat(joint.classTokens(3 * round + i)).isDeepEqualTo(new TinyTask().classTokens(round));
            }
        }
    }

    @Test
    void taskImagesAreCroppedAnewInEveryIteration() {
        long[][] texts = {{1, 2}};
        TaskImages images = new TaskImages(task("one", 3, 10), texts, new BatchSettings(8, 16, 4, 1, 0, 1 << 20));
        assertThat(images.fixed()).isFalse();
        assertThat(images.size()).isEqualTo(30);
        assertThat(images.texts()).isSameAs(texts);
        assertThat(images.batch(0)).hasSize(4).isEqualTo(images.batch(0)).isNotEqualTo(images.batch(1));
        assertThat(images.image(3, 5)).isEqualTo(images.image(3, 5)).isNotEqualTo(images.image(3, 6));
    }
}
