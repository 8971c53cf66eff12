package gift.incremental;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ImageDataset;
import gift.data.Task;
import gift.eval.ConfusionMatrix;
import gift.image.Image;
import gift.incremental.ClassIncremental.Step;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders, steps, labels and the accuracies made of them. */
class LabelSpaceTest {
    private static final List<String> NAMES = List.of("ant", "bee", "cat", "dog", "eel");

    /** Images of five classes in turn. */
    private record Animals(String name, int size) implements ImageDataset {
        @Override
        public List<String> classNames() {
            return NAMES;
        }

        @Override
        public int label(int i) {
            return i % NAMES.size();
        }

        @Override
        public Image image(int i) {
            return new Image(1, 1, new byte[] {(byte) i, 0, 0});
        }

        @Override
        public String source(int i) {
            return name + "#" + i;
        }
    }

    private static ClassIncremental scenario(String json) {
        return Json.convert("scenario", Json.parse("scenario", json), ClassIncremental.class);
    }

    private static LabelSpace space(String json) {
        return new LabelSpace(scenario(json),
                new Task("animals", new Animals("train", 15), new Animals("test", 10), List.of("a {}.")));
    }

    private static void refused(String json, String message) {
        assertThatThrownBy(() -> space(json)).isInstanceOf(InputException.class).hasMessageContaining(message);
    }

    @Test
    void stepsAreSlicesOfTheOrderAndLabelsArePlaces() {
        LabelSpace space = space("{\"initial\": 2, \"increment\": 2, \"order\": [\"dog\", \"ant\", \"eel\", \"bee\", \"cat\"]}");
        assertThat(space.names()).containsExactly("classes_1-2", "classes_3-4", "class_5");
        assertThat(space.whole().classNames()).containsExactly("dog", "ant", "eel", "bee", "cat");
        assertThat(space.whole().train().labels()).containsExactly(1, 3, 4, 0, 2, 1, 3, 4, 0, 2, 1, 3, 4, 0, 2);
        Task second = space.tasks().get(1);
        assertThat(second.classNames()).containsExactly("eel", "bee");
        assertThat(second.train().labels()).containsExactly(1, 0, 1, 0, 1, 0);
        assertThat(IntStream.range(0, 6).map(i -> second.train().image(i).rgb()[0])).containsExactly(1, 4, 6, 9, 11, 14);
        assertThat(space.stepOf(2)).isEqualTo(1);
        // 6 images in batches of 4: 2 batches an epoch
        assertThat(space.scenario().training(Json.replace(ClassIncremental.PUBLISHED_TRAINING, "batch_size", 4), second)
                .iterations()).isEqualTo(2);
    }

    /** Of three training images a class two are kept, the same ones always; the test images stay. */
    @Test
    void atMostSoManyTrainingImagesOfAClass() {
        String some = "{\"initial\": 2, \"increment\": 3, \"images_per_class\": 2}";
        LabelSpace space = space(some);
        assertThat(space.whole().train().labels()).containsExactlyInAnyOrder(0, 0, 1, 1, 2, 2, 3, 3, 4, 4);
        assertThat(sources(space)).isEqualTo(sources(space(some))).doesNotHaveDuplicates()
                .isSubsetOf(sources(space(some.replace("2}", "3}"))));
        assertThat(space.tasks().get(0).train().size()).isEqualTo(4);
        assertThat(space.tasks().get(0).test().size()).isEqualTo(4);
        assertThat(Json.line(scenario("{\"initial\": 2, \"increment\": 3}"))).doesNotContain("images_per_class");
        refused(some.replace("2}", "0}"), "images_per_class 0 must be at least 1");
    }

    private static List<String> sources(LabelSpace space) {
        ImageDataset train = space.whole().train();
        return IntStream.range(0, train.size()).mapToObj(train::source).toList();
    }

    /**
     * After the first of two steps of 2 and 3 classes, 10 images each class: 8 and 6 of the first step are right, 5, 0 and 1 of
     * the second. Slices: 14/20 and 6/30; over the classes seen 14/20. After the second step over all: 20/50.
     */
    @Test
    void accuraciesWorkedOutByHand(@TempDir Path folder) {
        LabelSpace space = space("{\"initial\": 2, \"increment\": 3}");
        int[][] counts = {{8, 2, 0, 0, 0}, {4, 6, 0, 0, 0}, {1, 0, 5, 2, 2}, {0, 9, 1, 0, 0}, {3, 3, 3, 0, 1}};
        ConfusionMatrix confusion = new ConfusionMatrix(NAMES, counts);
        assertThat(space.accuracies(confusion)).containsExactly(70, 20);
        List<SeenAccuracy> seen = List.of(space.seen(confusion, 0), space.seen(confusion, 1));
        assertThat(seen).containsExactly(new SeenAccuracy("classes_1-2", 2, 20, 14), new SeenAccuracy("classes_3-5", 5, 50, 20));
        assertThat(SeenAccuracy.last(seen)).isEqualTo(40);
        assertThat(SeenAccuracy.average(seen)).isEqualTo(55);
        SeenAccuracy.write(folder.resolve("seen.csv"), seen);
        assertThat(SeenAccuracy.read(folder.resolve("seen.csv"))).isEqualTo(seen);
    }

    @Test
    void ordersOfEveryKind() {
        assertThat(ClassOrder.AS_LISTED.of("animals", NAMES)).containsExactly(0, 1, 2, 3, 4);
        int[] random = ClassOrder.random(3).of("animals", NAMES);
        assertThat(random).containsExactlyInAnyOrder(0, 1, 2, 3, 4).isEqualTo(ClassOrder.random(3).of("animals", NAMES));
        assertThat(IntStream.range(0, 9).mapToObj(s -> Arrays.toString(ClassOrder.random(s).of("animals", NAMES))).distinct())
                .hasSizeGreaterThan(5);
        List<String> hundred = IntStream.range(0, 100).mapToObj(c -> "class " + c).toList();
        List<Step> steps = scenario("{\"initial\": 50, \"increment\": 5, \"order\": \"cifar100\"}").steps("CIFAR100", hundred);
        assertThat(steps).hasSize(11);
        assertThat(steps.get(0).classes()).startsWith(87, 0, 52, 58, 44);
        ClassIncremental read = scenario("{\"initial\": 1, \"increment\": 1, \"order\": [4, 0, 1, 2, 3]}");
        assertThat(scenario(Json.write(read))).isEqualTo(read);
    }

    @Test
    void promptsArePublishedOnesOrThoseOfDataSetOrStudy() {
        ClassIncremental plain = scenario("{\"initial\": 1, \"increment\": 1}");
        assertThat(plain.templates("CIFAR100", List.of("x {}"))).containsExactly("a bad photo of a {}.");
        assertThat(plain.templates("ImageNet100", List.of("x {}"))).containsExactly("a good photo of a {}.");
        assertThat(plain.templates("web", List.of("x {}"))).containsExactly("x {}");
        assertThat(scenario("{\"initial\": 1, \"increment\": 1, \"templates\": [\"y {}\"]}").templates("CIFAR100", List.of("x {}")))
                .containsExactly("y {}");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        refused("{\"initial\": 6, \"increment\": 1}", "initial 6 is more than the 5 classes of animals");
        refused("{\"initial\": 2, \"increment\": 0}", "increment 0 must be at least 1");
        refused("{\"initial\": 2}", "increment is missing");
        refused("{\"initial\": 2, \"increment\": 1, \"epochs\": 0}", "epochs 0 must be at least 1");
        String some = "{\"initial\": 2, \"increment\": 1, \"order\": ";
        refused(some + "\"cifar100\"}", "'cifar100' is of 100 classes, animals has 5");
        refused(some + "\"cifar10\"}", "unknown order 'cifar10' (did you mean 'cifar100'?");
        refused(some + "7}", "7 is neither a name nor a list of classes");
        refused(some + "[0, 1, 2, 3, 3]}", "class 3 of animals (dog) is named twice");
        refused(some + "[\"ant\", \"bee\", \"cat\", \"dog\"]}", "class 4 of animals (eel) is missing; all 5 classes must be named, 4 are");
        refused(some + "[\"ant\", \"bee\", \"cat\", \"dgo\", \"eel\"]}", "animals has no class \"dgo\"; the nearest is \"dog\"");
        refused(some + "[0, 1, 2, 3, 4, 5]}", "class 5: animals has classes 0 to 4");
    }
}
