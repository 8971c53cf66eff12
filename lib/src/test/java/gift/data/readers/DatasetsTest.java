package gift.data.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ClassNames;
import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.Samples;
import gift.data.Task;
import gift.data.sample.SampleFiles;
import gift.io.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Struct;

/** Hand-made layouts, most of them broken. */
class DatasetsTest {
    @TempDir
    Path root;

    private void fails(ThrowingCallable open, String... parts) {
        assertThatThrownBy(open)
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts)
                .message().doesNotContain("\n");
    }

    private void fails(String name, String... parts) {
        fails(() -> Datasets.open(name, root), parts);
    }

    @Test
    void unknownNames() {
        fails("OxfordPets", "OxfordPets", "did you mean OxfordPet?", "MNIST");
        fails(() -> ClassNames.of("Flower"), "did you mean Flowers?");
    }

    @Test
    void missingFolders() {
        for (String name : Datasets.names()) {
            fails(name, name.matches("ImageNet(SM|100)?|ImageFolder") ? "train" : name, root.toString());
            fails(() -> Datasets.open(name, root.resolve("absent")), "absent");
        }
    }

    @Test
    void everyPublishedSetHasClassesAndTemplates() {
        assertThat(ClassNames.sets()).hasSize(15).contains("Aircraft", "SUN397", "ImageNet");
        for (String set : ClassNames.sets()) {
            ClassNames table = ClassNames.of(set);
            assertThat(table.names()).isNotEmpty();
            assertThat(table.templates()).isNotEmpty().allMatch(template -> template.contains("{}"));
            assertThat(table.folders().size()).isIn(0, table.names().size());
        }
        assertThat(ClassNames.of("Caltech101").ofFolder("yin_yang")).isEqualTo("yin and yang symbol");
        assertThat(ClassNames.of("EuroSAT").ofFolder("SeaLake")).isEqualTo("lake or sea");
        assertThat(ClassNames.of("Food").ofFolder("apple_pie")).isEqualTo("apple pie");
    }

    @Test
    void promptsOfATask() {
        ImageDataset data = Samples.dataset(List.of("ice_cream", "tea"), 0, 1);
        Task task = new Task("T", data, data, List.of("a {}.", "the {}."));
        assertThat(task.trainingPrompts()).containsExactly("a ice cream.", "a tea.");
        assertThat(task.prompts("{} and {}")).containsExactly("ice cream and ice cream", "tea and tea");
        fails(() -> task.prompts("a photo"), "a photo", "{}");
        fails(() -> new Task("T", data, data, List.of()), "no prompt template");
        fails(() -> new Task("T", data, data, List.of("x")), "\"x\"");
        fails(() -> new Task("T", data, Samples.dataset(List.of("tea"), 0), List.of("{}")), "T: training has 2", "1");
    }

    @Test
    void subsets() {
        ImageDataset data = Samples.dataset(List.of("a", "b"), 1, 0, 1, 1, 0);
        assertThat(data.subset(new int[] {4, 0}).labels()).containsExactly(0, 1);
        assertThat(data.subset(new int[] {4, 0}).source(0)).isEqualTo("memory#4");
        assertThat(data.firstPerClass(2).labels()).containsExactly(1, 0, 1, 0);
        assertThat(data.firstPerClass(2).image(3).get(0, 0, 2)).isEqualTo(4);
        assertThatThrownBy(() -> data.subset(new int[] {5})).isInstanceOf(IndexOutOfBoundsException.class);
    }

    // ---- MNIST

    private static byte[] idx(int magic, int[] shape, int values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + values).putInt(magic);
        for (int length : shape) {
            bytes.putInt(length);
        }
        return bytes.array();
    }

    private void mnist(byte[] trainImages) {
        SampleFiles.bytes(root.resolve("train-images-idx3-ubyte"), trainImages);
        SampleFiles.bytes(root.resolve("train-labels-idx1-ubyte"), idx(0x801, new int[] {3}, 3));
        SampleFiles.bytes(root.resolve("t10k-images.idx3-ubyte"), idx(0x803, new int[] {1, 2, 4}, 8));
        SampleFiles.bytes(root.resolve("t10k-labels.idx1-ubyte"), idx(0x801, new int[] {1}, 1));
    }

    @Test
    void mnistRawOrPacked() throws IOException {
        byte[] images = idx(0x803, new int[] {3, 2, 4}, 24);
        images[16 + 8 + 5] = 77; // image 1, row 1, column 1
        mnist(images);
        assertThat(Datasets.open("MNIST", root).train().image(1).get(1, 1, 2)).isEqualTo(77);
        assertThat(Datasets.open("MNIST", root).test().image(0).width()).isEqualTo(4);

        Files.delete(root.resolve("train-images-idx3-ubyte"));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(images);
        }
        Path file = SampleFiles.bytes(root.resolve("train-images-idx3-ubyte.gz"), packed.toByteArray());
        assertThat(Datasets.open("MNIST", root).train().image(1).get(1, 1, 0)).isEqualTo(77);

        SampleFiles.bytes(file, Arrays.copyOf(packed.toByteArray(), packed.size() - 12));
        fails("MNIST", file.toString());
        SampleFiles.bytes(file, images);
        fails("MNIST", file.toString(), "GZIP");
    }

    @Test
    void mnistBroken() {
        mnist(idx(0x801, new int[] {3, 2, 4}, 24));
        fails("MNIST", "train-images-idx3-ubyte", "0x00000801", "0x00000803");
        mnist(idx(0x803, new int[] {3, 2, 4}, 23));
        fails("MNIST", "train-images-idx3-ubyte", "fewer values", "[3, 2, 4]");
        mnist(idx(0x803, new int[] {3, 2, 4}, 25));
        fails("MNIST", "more values");
        mnist(idx(0x803, new int[] {-3, 2, 4}, 24));
        fails("MNIST", "[-3, 2, 4]");
        mnist(idx(0x803, new int[] {1 << 30, 1 << 30, 1 << 30}, 24));
        fails("MNIST", "1073741824");
        mnist(idx(0x803, new int[] {Integer.MAX_VALUE / 2, 1, 1}, 24));
        fails("MNIST", "fewer values");
        mnist(idx(0x803, new int[] {2, 2, 4}, 16));
        fails("MNIST", "2 images", "3 labels");
        mnist(new byte[2]);
        fails("MNIST", "train-images-idx3-ubyte");
    }

    // ---- layouts with lists

    @Test
    void dtd() {
        SampleFiles.text(root.resolve("labels/train1.txt"), "grid/b.jpg\nbanded/a.jpg\r\n\n");
        fails("DTD", "test1.txt");
        Path test = SampleFiles.text(root.resolve("labels/test1.txt"), "woven/c.jpg\n");
        Task task = Datasets.open("DTD", root);
        assertThat(task.classNames()).containsExactly("banded", "grid", "woven");
        assertThat(task.train().labels()).containsExactly(1, 0);
        assertThat(task.train().source(0)).isEqualTo(root.resolve("images/grid/b.jpg").toString());
        assertThat(Inspection.problems(task)).anyMatch(p -> p.contains("no folder " + root.resolve("images/grid")));
        SampleFiles.text(test, "wovn/c.jpg\n");
        fails("DTD", "\"wovn\"", "woven");
        SampleFiles.text(test, "woven\n");
        fails("DTD", test.toString(), "\"woven\"");
        SampleFiles.bytes(test, new byte[] {(byte) 0xff, 0x10});
        fails("DTD", test.toString());
        SampleFiles.text(test, "woven/\0.jpg\n");
        fails("DTD", test.toString());
    }

    @Test
    void pets() {
        Path train = SampleFiles.text(root.resolve("annotations/trainval.txt"), "# comment\nBengal_7 6 1 2\n");
        SampleFiles.text(root.resolve("annotations/test.txt"), "german_shorthaired_1 15 2 11\n");
        Task task = Datasets.open("OxfordPet", root);
        assertThat(task.classNames()).containsExactly("Bengal", "German Shorthaired");
        assertThat(task.test().label(0)).isEqualTo(1);
        assertThat(task.test().source(0)).endsWith("german_shorthaired_1.jpg");
        SampleFiles.text(train, "Bengal_7 38 1 2\n");
        fails("OxfordPet", "Bengal_7 38 1 2", train.toString(), "1 to 37");
        SampleFiles.text(train, "Bengal_7\n");
        fails("OxfordPet", "Bengal_7", train.toString());
        SampleFiles.text(train, "Bengal_7 7 1 2\n");
        fails("OxfordPet", "class 7", "Birman", "Bengal");
    }

    @Test
    void food() throws IOException {
        Path train = SampleFiles.text(root.resolve("meta/train.json"), "{\"sushi\": [\"sushi/2\"], \"ramen\": [\"ramen/1\"]}");
        SampleFiles.text(root.resolve("meta/test.txt"), "ramen/3\n");
        Task task = Datasets.open("Food", root);
        assertThat(task.classNames()).containsExactly("ramen", "sushi");
        assertThat(task.train().labels()).containsExactly(1, 0);
        assertThat(task.test().source(0)).isEqualTo(root.resolve("images/ramen/3.jpg").toString());
        SampleFiles.text(train, "{\"sushi\": [\"sushi/2\"");
        fails("Food", train.toString());
        SampleFiles.text(train, "{\"sushi\": [\"2\"]}");
        fails("Food", "\"2\"", train.toString());
        Files.delete(train);
        fails("Food", "train.json");
    }

    @Test
    void caltech101() throws IOException {
        Path categories = root.resolve("101_ObjectCategories");
        SampleFiles.bytes(categories.resolve("BACKGROUND_Google/tmp"), new byte[1]);
        for (int i = 0; i < 10; i++) {
            SampleFiles.bytes(categories.resolve(i < 5 ? "crab/" + i + ".jpg" : "Faces/" + i + ".jpg"), new byte[1]);
        }
        Task task = Datasets.open("Caltech101", root);
        assertThat(task.classNames()).containsExactly("off-center face", "crab");
        assertThat(task.train().size()).isEqualTo(8);
        assertThat(task.test().size()).isEqualTo(2);
        assertThat(Inspection.problems(task)).hasSize(10).allMatch(problem -> problem.contains(root.toString()));
        Files.createDirectories(categories.resolve("yin_yang"));
        assertThat(Inspection.problems(Datasets.open("Caltech101", root)))
                .contains("Caltech101/train: 1 of 3 classes without an image: yin and yang symbol");
        SampleFiles.bytes(categories.resolve("crabs/1.jpg"), new byte[1]);
        fails("Caltech101", "\"crabs\"", "\"crab\"");
        SampleFiles.bytes(categories.resolve("crab/more/1.jpg"), new byte[1]);
        fails("Caltech101", categories.resolve("crab/more").toString());
    }

    @Test
    void imageFolder() throws IOException {
        for (String file : List.of("train/ice_cream/2.jpg", "train/ice_cream/1.jpg", "train/ice_cream/.hidden",
                "test/tea/1.jpg")) {
            SampleFiles.bytes(root.resolve(file), new byte[1]);
        }
        Files.createDirectories(root.resolve("train/water"));
        Task task = Datasets.open("ImageFolder", root);
        assertThat(task.name()).isEqualTo(root.getFileName().toString());
        assertThat(task.classNames()).containsExactly("ice cream", "tea", "water");
        assertThat(task.trainingPrompts()).startsWith("a photo of a ice cream.");
        assertThat(task.train().source(0)).endsWith("1.jpg");
        assertThat(Inspection.problems(task)).anyMatch(p -> p.contains("2 of 3 classes without an image: tea, water"));
        fails(() -> ImageFolder.read(root.resolve("train/water")), "no class folders");
        fails(() -> Datasets.open("ImageFolder", root.resolve("train")), "train/<class>/");
    }

    // ---- cars

    private void mat(String file, String variable, Array array) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        MatFile mat = Mat5.newMatFile().addArray(variable, array);
        Mat5.writeToFile(mat, root.resolve(file).toFile());
    }

    private static Struct annotations(int... classes) {
        Struct struct = Mat5.newStruct(1, classes.length);
        for (int i = 0; i < classes.length; i++) {
            struct.set("class", i, Mat5.newScalar(classes[i]));
            struct.set("fname", i, Mat5.newString(i + ".jpg"));
        }
        return struct;
    }

    @Test
    void cars() throws IOException {
        Cell names = Mat5.newCell(1, 2).set(0, Mat5.newString("Audi")).set(1, Mat5.newString("BMW"));
        mat("devkit/cars_meta.mat", "class_names", names);
        fails("StanfordCars", "cars_train_annos.mat");
        mat("devkit/cars_train_annos.mat", "annotations", annotations(2, 1));
        fails("StanfordCars", "cars_test_annos_withlabels.mat", "download of their own");
        mat("cars_test_annos_withlabels.mat", "annotations", annotations(2));
        Task task = Datasets.open("StanfordCars", root);
        assertThat(task.classNames()).containsExactly("Audi", "BMW");
        assertThat(task.train().labels()).containsExactly(1, 0);
        assertThat(task.test().source(0)).isEqualTo(root.resolve("cars_test/0.jpg").toString());

        mat("devkit/cars_train_annos.mat", "annotations", annotations(3, 0));
        assertThat(Inspection.problems(Datasets.open("StanfordCars", root)))
                .anyMatch(p -> p.contains("label 2 of " + root.resolve("cars_train/0.jpg")) && p.contains("0 to 1"))
                .anyMatch(p -> p.contains("label -1 of "));
        mat("devkit/cars_train_annos.mat", "annotation", annotations(1));
        fails("StanfordCars", "cars_train_annos.mat", "struct array annotations");
        mat("devkit/cars_train_annos.mat", "annotations", Mat5.newScalar(1));
        fails("StanfordCars", "cars_train_annos.mat", "struct array annotations");
        SampleFiles.text(root.resolve("devkit/cars_train_annos.mat"), "not a MAT file");
        fails("StanfordCars", "cars_train_annos.mat", "fetch it again");
        SampleFiles.bytes(root.resolve("devkit/cars_train_annos.mat"), new byte[0]);
        fails("StanfordCars", "cars_train_annos.mat", "fetch it again");
    }
}
