package gift.data.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gift.Shared;
import gift.data.ClassNames;
import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.Task;
import gift.data.sample.SampleFiles;
import gift.data.sample.TrueLayouts;
import gift.image.Image;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark's data sets on a few images in their true layouts, all classes. */
class LayoutsTest {
    @TempDir
    Path root;

    private void fails(String name, String... parts) {
        assertThatThrownBy(() -> Datasets.open(name, root))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts)
                .message().doesNotContain("\n");
    }

    /** Opens a set from every place that serves, finds it sound and every image painted by its label. */
    private Task sound(String name, String... places) {
        Task task = Datasets.open(name, root);
        for (String place : places) {
            Task same = Datasets.open(name, root.resolve(place));
            assertThat(same.classNames()).as(place).isEqualTo(task.classNames());
            assertThat(same.train().labels()).as(place).isEqualTo(task.train().labels());
        }
        assertThat(Inspection.problems(task)).isEmpty();
        for (ImageDataset part : List.of(task.train(), task.test())) {
            for (int i = 0; i < part.size(); i++) {
                Image wanted = SampleFiles.image(part.label(i));
                for (int c = 0; c < 2; c++) {
                    assertThat(part.image(i).get(5, 5, c)).as(part.source(i)).isCloseTo(wanted.get(5, 5, c),
                            org.assertj.core.data.Offset.offset(3));
                }
            }
        }
        assertThat(ContactSheet.of(task, "made")).isRegularFile();
        return task;
    }

    @Test
    void aircraft() throws IOException {
        List<String> variants = new ArrayList<>(ClassNames.of("Aircraft").names());
        Collections.reverse(variants); // the file decides, not the table
        TrueLayouts.aircraft(root, variants);
        Task task = sound("Aircraft", "fgvc-aircraft-2013b", "fgvc-aircraft-2013b/data");
        assertThat(task.classNames()).hasSize(100).isEqualTo(variants).contains("F-16A/B");
        assertThat(task.train().labels()).isEqualTo(IntStream.range(0, 100).toArray());
        assertThat(task.train().size() + task.test().size()).isEqualTo(200); // none of val
        assertThat(task.trainingPrompts()).first().isEqualTo("a photo of a Yak-42, a type of aircraft.");
        Path list = root.resolve("fgvc-aircraft-2013b/data/images_variant_test.txt");
        SampleFiles.text(list, "0000001 Yak-43\n");
        fails("Aircraft", "0000001 Yak-43", list.toString(), "Yak-42");
        Files.delete(list);
        fails("Aircraft", list.toString());
    }

    @Test
    void cifar() {
        TrueLayouts.cifar100(root);
        TrueLayouts.cifar10(root);
        Task hundred = sound("CIFAR100", "cifar-100-binary");
        assertThat(hundred.train().labels()).isEqualTo(IntStream.range(0, 100).toArray()); // fine, not coarse
        assertThat(hundred.classNames()).hasSize(100).startsWith("apple", "aquarium fish");
        Image image = hundred.test().image(3);
        assertThat(new int[] {image.width(), image.get(1, 1, 0), image.get(1, 1, 1), image.get(1, 1, 2)})
                .containsExactly(32, 7, 14, 21);
        Task ten = sound("CIFAR10", "cifar-10-batches-bin");
        assertThat(ten.train().size()).isEqualTo(50);
        assertThat(ten.train().label(23)).isEqualTo(3); // the third batch follows the second
        assertThat(ten.classNames()).startsWith("airplane", "automobile");

        Path file = root.resolve("cifar-100-binary/train.bin");
        SampleFiles.bytes(file, new byte[3075]);
        fails("CIFAR100", file.toString(), "3075 bytes");
        SampleFiles.bytes(file, new byte[0]);
        fails("CIFAR100", file.toString(), "0 bytes");
        SampleFiles.bytes(file, TrueLayouts.cifar(new int[] {0, 100}));
        assertThat(Inspection.problems(Datasets.open("CIFAR100", root))).anyMatch(p -> p.contains("label 100 of " + file));
    }

    /** Against the values that NumPy reads. */
    @Test
    void cifarInPython() throws IOException {
        Path folder = Shared.require("parity/checkpoints/cifar-100-python");
        Task task = Datasets.open("CIFAR100", folder.getParent());
        assertThat(task.classNames()).hasSize(3);
        try (SafeTensors values = SafeTensors.open(folder.resolveSibling("cifar-100-python.values.safetensors"))) {
            equal(task.train(), values, "train");
            equal(task.test(), values, "test");
        }
        for (String file : List.of("train", "test", "meta")) {
            Files.createDirectories(root.resolve("cifar-100-python"));
            Files.copy(folder.resolve(file), root.resolve("cifar-100-python").resolve(file));
        }
        Path train = root.resolve("cifar-100-python/train");
        assertThat(Datasets.open("CIFAR100", root.resolve("cifar-100-python")).train().size()).isEqualTo(6);
        Files.delete(train);
        fails("CIFAR100", train.toString());
        SampleFiles.text(train, "<html>not found</html>");
        fails("CIFAR100", train.toString());
        Files.copy(folder.resolve("meta"), train, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        fails("CIFAR100", train.toString(), "data");
    }

    private static void equal(ImageDataset data, SafeTensors values, String part) {
        ByteBuffer pixels = values.bytes(part + ".data");
        LongBuffer labels = values.bytes(part + ".fine_labels").asLongBuffer();
        assertThat(data.size()).isEqualTo(labels.remaining());
        for (int i = 0; i < data.size(); i++) {
            assertThat(data.label(i)).isEqualTo((int) labels.get(i));
            Image image = data.image(i);
            for (int p = 0; p < 3072; p++) {
                assertThat(image.get(p % 32, p / 32 % 32, p / 1024)).isEqualTo(pixels.get(3072 * i + p) & 0xff);
            }
        }
    }

    @Test
    void euroSat() throws IOException {
        List<String> folders = ClassNames.of("EuroSAT").folders();
        TrueLayouts.folders(root.resolve("eurosat/2750"), folders, 11);
        Task task = sound("EuroSAT", "eurosat");
        assertThat(task.classNames()).isEqualTo(ClassNames.of("EuroSAT").names());
        assertThat(task.train().size()).isEqualTo(88);
        assertThat(task.test().size()).isEqualTo(22);
        List<String> sorted = folders.stream()
                .flatMap(f -> IntStream.rangeClosed(1, 11).mapToObj(i -> f + "/" + f + "_" + i + ".jpg")).sorted().toList();
        assertThat(task.train().source(0)).endsWith(sorted.get(TorchRandom.randperm(110, 42)[0]));

        Files.move(root.resolve("eurosat"), root.resolve("moved"));
        Files.move(root.resolve("moved/2750"), root.resolve("EuroSAT_RGB"));
        assertThat(Datasets.open("EuroSAT", root).train().labels()).isEqualTo(task.train().labels());
        Files.move(root.resolve("EuroSAT_RGB/SeaLake"), root.resolve("EuroSAT_RGB/Lake"));
        fails("EuroSAT", "\"Lake\"", "EuroSAT");
    }

    @Test
    void flowers() {
        TrueLayouts.flowers(root);
        Task task = sound("Flowers", "flowers-102");
        assertThat(task.train().labels()).isEqualTo(IntStream.range(0, 102).toArray()); // counted from 1 in the file
        assertThat(task.train().source(101)).endsWith("image_00304.jpg");
        assertThat(task.test().source(0)).endsWith("image_00003.jpg"); // the valid part is left out
        assertThat(task.classNames()).hasSize(102).startsWith("pink primrose");
        Path parts = root.resolve("flowers-102/setid.mat");
        SampleFiles.mat(parts, "trnid", SampleFiles.row(1), "tstid", SampleFiles.row(307));
        fails("Flowers", "image 307", "306");
        SampleFiles.mat(parts, "trnid", SampleFiles.row(1));
        fails("Flowers", parts.toString(), "tstid");
        assertThat(root.resolve("flowers-102/imagelabels.mat").toFile().delete()).isTrue();
        fails("Flowers", "imagelabels.mat", "download of its own");
    }

    @Test
    void sun397() {
        TrueLayouts.sun397(root, 5);
        SampleFiles.text(root.resolve("SUN397/README.txt"), "not an image");
        Task task = sound("SUN397", "SUN397");
        assertThat(task.classNames()).hasSize(397).startsWith("abbey", "airplane cabin")
                .contains("apse/indoor", "theater/indoor procenium", "kitchenette");
        assertThat(task.train().size()).isEqualTo(1588);
        assertThat(task.test().size()).isEqualTo(397);
        SampleFiles.bytes(root.resolve("SUN397/a/abbeys/sun_x.jpg"), new byte[1]);
        fails("SUN397", "abbeys", "ClassName.txt");
        SampleFiles.text(root.resolve("SUN397/ClassName.txt"), "abbey\n");
        fails("SUN397", "\"abbey\"", "ClassName.txt");
    }

    @Test
    void imageNet() throws IOException {
        TrueLayouts.imageNet(root, List.of(0, 1, 99, 100, 999), 2);
        Task task = Datasets.open("ImageNet", root);
        assertThat(task.classNames()).containsExactly("tench", "goldfish", "goose", "black swan", "toilet paper");
        assertThat(task.train().labels()).containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 4, 4);
        assertThat(task.test().size()).isEqualTo(5);
        assertThat(task.trainingPrompts()).first().isEqualTo("a photo of a tench.");
        assertThat(Datasets.open("ImageNet", root.resolve("ImageNet")).test().labels()).isEqualTo(task.test().labels());
        assertThat(Inspection.problems(task)).isEmpty();
        Files.move(root.resolve("ImageNet/val"), root.resolve("ImageNet/val_in_folder"));
        assertThat(Datasets.open("ImageNet", root).test().size()).isEqualTo(5);
        Files.move(root.resolve("ImageNet/val_in_folder"), root.resolve("elsewhere"));
        assertThat(Datasets.open("ImageNet", root).test().size()).isZero();
        SampleFiles.bytes(root.resolve("ImageNet/val/ILSVRC2012_val_00000001.JPEG"), new byte[1]);
        fails("ImageNet", "sorted into class folders");
        SampleFiles.bytes(root.resolve("ImageNet/train/n00000001/1.JPEG"), new byte[1]);
        assertThat(root.resolve("ImageNet/val/ILSVRC2012_val_00000001.JPEG").toFile().delete()).isTrue();
        assertThat(root.resolve("ImageNet/val").toFile().delete()).isTrue();
        fails("ImageNet", "\"n00000001\"");
    }

    @Test
    void imageNet100() throws IOException {
        TrueLayouts.imageNet100(root);
        List<String> folders = ClassNames.of("ImageNet100").folders();
        assertThat(folders).isEqualTo(ClassNames.of("ImageNet").folders().subList(0, 100));
        Files.move(root.resolve("ImageNet100"), root.resolve("ImageNet")); // among other classes
        SampleFiles.bytes(root.resolve("ImageNet/train/n01860187/1.JPEG"), new byte[1]);
        Task task = sound("ImageNet100", "ImageNet");
        assertThat(task.classNames()).hasSize(100).startsWith("tench", "goldfish").endsWith("goose");
        assertThat(task.train().labels()).isEqualTo(IntStream.range(0, 100).toArray()).isEqualTo(task.test().labels());
        assertThat(task.trainingPrompts()).first().isEqualTo("a good photo of a tench.");
        Files.move(root.resolve("ImageNet/val"), root.resolve("elsewhere"));
        fails("ImageNet100", root.resolve("ImageNet/val").toString(), "test images");
        Files.move(root.resolve("ImageNet/train/n01443537"), root.resolve("goldfish"));
        Files.move(root.resolve("elsewhere"), root.resolve("ImageNet/val"));
        fails("ImageNet100", "n01443537 (goldfish)", "1 of its 100 classes");
    }

    @Test
    void tinyImageNet() throws IOException {
        TrueLayouts.tinyImageNet(root);
        Task task = sound("TinyImageNet", "tiny-imagenet-200");
        assertThat(task.classNames()).hasSize(200).startsWith("Egyptian Mau", "fishing casting reel")
                .endsWith("African bush elephant");
        assertThat(task.train().labels()).isEqualTo(IntStream.range(0, 200).toArray()).isEqualTo(task.test().labels());
        assertThat(task.trainingPrompts()).first().isEqualTo("a bad photo of a Egyptian Mau.");
        Path folder = root.resolve("tiny-imagenet-200");
        SampleFiles.text(folder.resolve("wnids.txt"), "n02504458\nn04067472\n"); // labels by their places here
        Task part = Datasets.open("TinyImageNet", root);
        assertThat(part.classNames()).containsExactly("African bush elephant", "fishing casting reel");
        assertThat(part.train().source(0)).endsWith("n02504458_0.JPEG");
        assertThat(part.test().labels()).containsExactly(1, 0); // in the order of the annotations
    }

    @Test
    void tinyImageNetBroken() throws IOException {
        TrueLayouts.tinyImageNet(root);
        Path folder = root.resolve("tiny-imagenet-200");
        Path annotations = folder.resolve("val/val_annotations.txt");
        SampleFiles.bytes(folder.resolve("val/images/val_900.JPEG"), new byte[1]);
        fails("TinyImageNet", "val_900.JPEG", "no line", "no label");
        Files.delete(folder.resolve("val/images/val_900.JPEG"));
        String whole = Files.readString(annotations);
        Files.writeString(annotations, "");
        fails("TinyImageNet", "val_0.JPEG", "no label");
        Files.writeString(annotations, whole.replace("val_3.JPEG\tn", "val_3.JPEG n"));
        fails("TinyImageNet", "val_3.JPEG", "tabs");
        Files.delete(annotations);
        fails("TinyImageNet", "no file " + annotations, "no labels");
        SampleFiles.text(folder.resolve("wnids.txt"), "n02124075\nn02124076\n");
        fails("TinyImageNet", "\"n02124076\"", "wnids.txt");
        SampleFiles.text(folder.resolve("wnids.txt"), "n02124075\nn02124075\n");
        fails("TinyImageNet", "stands twice");
    }

    @Test
    void imageNetSmall() {
        List<String> folders = ClassNames.of("ImageNet").folders();
        for (int k = 0; k < 103; k++) {
            for (int i = 0; i < (k == 5 ? 130 : 3); i++) {
                SampleFiles.bytes(root.resolve("train").resolve(folders.get(k)).resolve(i + ".JPEG"), new byte[0]);
            }
        }
        Task small = Datasets.open("ImageNetSM", root);
        assertThat(small.train().size()).isEqualTo(99 * 3 + 100);
        assertThat(IntStream.of(small.train().labels()).max()).hasValue(99);
        assertThat(small.name()).isEqualTo("ImageNetSM");
    }

    /** As many empty files as the data sets have images: what lies at which place of the split. */
    @Test
    void randomSplitsHaveThePublishedFingerprints() throws IOException {
        JsonNode splits = Json.tree(Shared.require("facts/random_splits.json")).get("splits");
        List<String> categories = ClassNames.of("Caltech101").folders();
        fingerprint("Caltech101", splits, root.resolve("101_ObjectCategories"), categories, "image_%04d.jpg");
        fingerprint("EuroSAT", splits, root.resolve("2750"), ClassNames.of("EuroSAT").folders(), "x_%d.jpg");
        SampleFiles.text(root.resolve("ClassName.txt"), String.join("\n", TrueLayouts.sunClasses()) + "\n");
        List<String> scenes = TrueLayouts.sunClasses().stream().map(line -> line.substring(1)).toList();
        fingerprint("SUN397", splits, root, scenes, "sun_%08d.jpg");
    }

    private void fingerprint(String set, JsonNode splits, Path place, List<String> folders, String name) throws IOException {
        JsonNode facts = splits.get(set);
        int n = facts.get("length").asInt();
        List<String> files = new ArrayList<>();
        for (int k = 0; k < folders.size(); k++) {
            Path folder = Files.createDirectories(place.resolve(folders.get(k)));
            for (int i = k * n / folders.size(); i < (k + 1) * n / folders.size(); i++) {
                files.add(folder.resolve(String.format(Locale.ROOT, name, i)).toString());
                Files.createFile(Path.of(files.get(i)));
            }
        }
        Collections.sort(files);
        Task task = Datasets.open(set, root);
        assertThat(task.train().size()).isEqualTo(facts.get("train").asInt());
        assertThat(task.test().size()).isEqualTo(facts.get("test").asInt());
        for (int i = 0; i < 20; i++) {
            assertThat(task.train().source(i)).isEqualTo(files.get(facts.get("first_20_train").get(i).asInt()));
            assertThat(task.test().source(i)).isEqualTo(files.get(facts.get("first_20_test").get(i).asInt()));
        }
    }
}
