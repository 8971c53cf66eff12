package gift.data.readers;

import static org.assertj.core.api.Assertions.assertThat;

import gift.Shared;
import gift.data.ClassNames;
import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.Task;
import gift.image.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real images in the original layouts, parts of the published data sets. */
class RealDataTest {
    @ParameterizedTest
    @CsvSource({
        "Caltech101, caltech101, 1425, 357, 99",
        "DTD, dtd, 400, 400, 10",
        "Food, food-101, 3030, 1010, 101",
        "MNIST, MNIST, 60000, 10000, 10",
        "OxfordPet, oxford-iiit-pet, 300, 298, 3",
        "StanfordCars, stanford_cars, 1176, 392, 196",
        "CIFAR10, cifar-10-batches-bin, 1000, 1000, 10",
        "ImageFolder, flowers12, 360, 144, 12"
    })
    void opensAndIsSound(String name, String folder, int train, int test, int classes) {
        Task task = Datasets.open(name, Shared.require("realdata/" + folder));
        assertThat(Inspection.problems(task)).isEmpty();
        assertThat(task.train().size()).isEqualTo(train);
        assertThat(task.test().size()).isEqualTo(test);
        assertThat(task.classNames()).hasSize(classes);
        assertThat(ContactSheet.of(task, "real")).isRegularFile();
    }

    @Test
    void theFolderAboveServesToo() {
        Path root = Shared.require("realdata");
        for (String name : List.of("Caltech101", "DTD", "Food", "MNIST", "OxfordPet", "StanfordCars", "CIFAR10")) {
            assertThat(Datasets.open(name, root).train().size()).as(name).isPositive();
        }
    }

    @Test
    void labelsAgreeWithFolders() {
        for (String name : List.of("DTD", "Food", "Caltech101")) {
            Task task = Datasets.open(name, Shared.require("realdata"));
            ClassNames table = ClassNames.of(name);
            for (ImageDataset split : List.of(task.train(), task.test())) {
                for (int i = 0; i < split.size(); i++) {
                    String folder = Path.of(split.source(i)).getParent().getFileName().toString();
                    assertThat(split.classNames().get(split.label(i))).isEqualTo(table.ofFolder(folder));
                }
            }
        }
    }

    @Test
    void caltech101IsDividedAsTorchDoes() throws Exception {
        Path root = Shared.require("realdata/caltech101");
        List<String> sorted;
        try (Stream<Path> files = Files.walk(root)) {
            sorted = files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
        }
        Task task = Datasets.open("Caltech101", root);
        int[] order = TorchRandom.randperm(sorted.size(), 42);
        assertThat(task.train().source(0)).isEqualTo(sorted.get(order[0]));
        assertThat(task.test().source(0)).isEqualTo(sorted.get(order[task.train().size()]));
        assertThat(task.classNames()).startsWith("leopard", "motorbike", "accordion", "airplane");
        assertThat(Inspection.notes(task)).singleElement().asString().contains("hedgehog");
    }

    @Test
    void petsAreThoseOfTheListsUnderOfficialNames() {
        Task task = Datasets.open("OxfordPet", Shared.require("realdata"));
        assertThat(task.classNames()).containsExactly("Abyssinian", "American Bulldog", "Bengal");
        assertThat(task.trainingPrompts().get(1)).isEqualTo("a photo of a American Bulldog, a type of pet.");
        for (int i = 0; i < task.test().size(); i++) {
            assertThat(Path.of(task.test().source(i)).getFileName().toString().replace('_', ' ').toLowerCase(Locale.ROOT))
                    .startsWith(task.classNames().get(task.test().label(i)).toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void carsHaveEveryClassEquallyOften() {
        Task task = Datasets.open("StanfordCars", Shared.require("realdata"));
        int[] count = new int[196];
        for (int label : task.train().labels()) {
            count[label]++;
        }
        assertThat(count).containsOnly(6);
        assertThat(task.classNames()).first().isEqualTo("AM General Hummer SUV 2000");
        assertThat(task.classNames()).containsExactlyInAnyOrderElementsOf(ClassNames.of("StanfordCars").names());
    }

    @Test
    void digitsAreGreyAndLabelled() {
        Task task = Datasets.open("MNIST", Shared.require("realdata"));
        assertThat(Arrays.copyOf(task.train().labels(), 5)).containsExactly(5, 0, 4, 1, 9);
        assertThat(Arrays.copyOf(task.test().labels(), 5)).containsExactly(7, 2, 1, 0, 4);
        Image five = task.train().image(0);
        assertThat(new int[] {five.width(), five.height()}).containsExactly(28, 28);
        assertThat(five.get(14, 6, 0)).isEqualTo(five.get(14, 6, 1)).isEqualTo(five.get(14, 6, 2)).isPositive();
        assertThat(task.train().firstPerClass(3).size()).isEqualTo(30);
    }

    @Test
    void oneFolderServesForOneSplit() {
        ImageDataset scenes = ImageFolder.read(Shared.require("realdata/sun_indoor_outdoor"));
        assertThat(scenes.classNames()).containsExactly("indoor", "outdoor");
        assertThat(scenes.size()).isEqualTo(400);
        assertThat(Inspection.problems(scenes)).isEmpty();
    }
}
