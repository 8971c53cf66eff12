package gift.data.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.Inspection;
import gift.data.Samples;
import gift.data.Task;
import gift.data.sample.SampleFiles;
import gift.data.sample.SampleSets;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data sets as archives of others and links leave them: the same task, or a line that says which level is wrong. */
class StrangersSetsTest {
    @TempDir
    Path root;

    private static String seen(Task task) {
        return task.classNames() + Arrays.toString(task.train().labels()) + Arrays.toString(task.test().labels());
    }

    /** Moves a folder into a new one of the same name. */
    private void nest(String folder) throws IOException {
        Path place = root.resolve(folder);
        Path aside = root.resolve("aside");
        Files.move(place, aside);
        Files.createDirectories(place);
        Files.move(aside, place.resolve(place.getFileName()));
    }

    @ParameterizedTest
    @CsvSource({"Aircraft, fgvc-aircraft-2013b, fgvc-aircraft-2013b/fgvc-aircraft-2013b/data/images",
        "DTD, dtd, dtd/dtd/dtd/images", "Flowers, flowers-102, flowers-102/flowers-102/jpg",
        "Food, food-101, food-101/food-101/images", "OxfordPet, oxford-iiit-pet, oxford-iiit-pet/oxford-iiit-pet/images",
        "StanfordCars, stanford_cars, stanford_cars/stanford_cars/cars_train", "EuroSAT, eurosat, eurosat/eurosat/2750",
        "Caltech101, caltech101, caltech101/caltech101/101_ObjectCategories", "CIFAR10, cifar-10-batches-bin, "})
    void oneMoreFolderOfTheSameName(String set, String top, String images) throws IOException {
        SampleSets.write(set, root);
        String expected = seen(Datasets.open(set, root));
        nest(top);
        assertThat(seen(Datasets.open(set, root))).isEqualTo(expected);
        if (images != null) {
            nest(images);
            Task task = Datasets.open(set, root);
            assertThat(seen(task)).isEqualTo(expected);
            assertThat(Files.exists(Path.of(task.train().source(0)))).as(task.train().source(0)).isTrue();
        }
    }

    @Test
    void euroSatsClassesWithoutTheFolderAboveThem() throws IOException {
        SampleSets.write("EuroSAT", root);
        String expected = seen(Datasets.open("EuroSAT", root));
        Files.move(root.resolve("eurosat/2750"), root.resolve("bare"));
        Files.delete(root.resolve("eurosat"));
        Files.move(root.resolve("bare"), root.resolve("eurosat"));
        assertThat(seen(Datasets.open("EuroSAT", root))).isEqualTo(expected);
        Files.createDirectory(root.resolve("eurosat/Moon"));
        assertThatThrownBy(() -> Datasets.open("EuroSAT", root)).isInstanceOf(InputException.class)
                .hasMessageContaining("no 2750 or EuroSAT_RGB").hasMessageContaining("give the folder of the class folders");
    }

    private void sun(Path folder) {
        SampleFiles.text(folder.resolve("ClassName.txt"), "/a/abbey\n/b/balcony/exterior\n");
        for (int i = 0; i < 5; i++) {
            Samples.jpeg(folder.resolve("a/abbey/sun_a" + i + (i == 2 ? ".JPG" : i == 3 ? ".jpeg" : ".jpg")));
            Samples.jpeg(folder.resolve("b/balcony/exterior/sun_b" + i + ".jpg"));
        }
    }

    @Test
    void imagesOfSunHaveExtensionsInAnyLetters() throws IOException {
        sun(root.resolve("SUN397"));
        Task task = Datasets.open("SUN397", root);
        assertThat(task.train().size() + task.test().size()).isEqualTo(10);
        Samples.jpeg(root.resolve("SUN397/a/abbey/holiday.jpg"));
        assertThatThrownBy(() -> Datasets.open("SUN397", root)).hasMessageContaining("holiday.jpg is none of the archive");
    }

    /** Lists name .jpg where a disk has .JPG: the same images under the same names. */
    @ParameterizedTest
    @ValueSource(strings = {"Aircraft", "DTD", "Flowers", "Food", "OxfordPet", "StanfordCars"})
    void imagesOfListsHaveExtensionsInAnyLetters(String set) throws IOException {
        SampleSets.write(set, root);
        String first = Datasets.open(set, root).train().contents(0);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".jpg")).toList()) {
                Files.move(file, Path.of(file.toString().replaceFirst("jpg$", "JPG")));
            }
        }
        Task task = Datasets.open(set, root);
        assertThat(Inspection.problems(task)).isEmpty();
        assertThat(task.train().contents(0)).isEqualTo(first);
        assertThat(task.train().source(0)).endsWith(".jpg");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void linksAreFollowedAndLoopsAreNot() throws IOException {
        sun(root.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("SUN397"), Path.of("elsewhere"));
        Files.move(root.resolve("elsewhere/b"), root.resolve("other_disk"));
        Files.createSymbolicLink(root.resolve("elsewhere/b"), root.resolve("other_disk"));
        Files.createSymbolicLink(root.resolve("elsewhere/a/loop"), root.resolve("elsewhere"));
        Task task = Datasets.open("SUN397", root);
        assertThat(task.train().size() + task.test().size()).isEqualTo(10);
        Files.delete(root.resolve("other_disk/balcony/exterior/sun_b0.jpg"));
        Files.createSymbolicLink(root.resolve("other_disk/balcony/exterior/sun_b0.jpg"), Path.of("nowhere"));
        assertThat(Inspection.problems(Datasets.open("SUN397", root))).singleElement().asString()
                .contains("no image at", "sun_b0.jpg");
    }

    @Test
    void labelsCountedFromZeroAreNamedSo() throws IOException {
        SampleSets.write("Flowers", root);
        SampleFiles.mat(root.resolve("flowers-102/imagelabels.mat"), "labels",
                SampleFiles.row(java.util.stream.IntStream.range(0, 306).map(i -> i / 3).toArray()));
        assertThatThrownBy(() -> Datasets.open("Flowers", root)).hasMessageContaining("counts classes from 0");
    }

    @Test
    void aClassWhoseNameBeginsLikeAComment() throws IOException {
        Path set = root.resolve("Marks");
        for (String one : List.of("#tag", "cat")) {
            Samples.jpeg(set.resolve(one).resolve("a.jpg"));
            Samples.jpeg(set.resolve(one).resolve("b.jpg"));
        }
        SampleFiles.text(set.resolve("train.txt"), "\uFEFF# made by hand, see a/b\n#tag/a.jpg\ncat/a.jpg\n");
        SampleFiles.text(set.resolve("test.txt"), "#tag/b.jpg\ncat/b.jpg\n");
        SampleFiles.text(root.resolve("data_sets.json"), "\uFEFF{\"Marks\": {\"layout\": \"lists\"}}");
        assertThat(FolderSet.in(root).get("Marks").open("Marks", root).classNames()).containsExactly("#tag", "cat");
        for (String text : List.of("", "null", "[]")) {
            SampleFiles.text(root.resolve("data_sets.json"), text);
            assertThatThrownBy(() -> FolderSet.in(root)).isInstanceOf(InputException.class).hasMessageContaining("data_sets.json");
        }
    }
}
