package gift.data.sample;

import static gift.data.sample.SampleFiles.bytes;
import static gift.data.sample.SampleFiles.image;
import static gift.data.sample.SampleFiles.jpeg;
import static gift.data.sample.SampleFiles.mat;
import static gift.data.sample.SampleFiles.row;
import static gift.data.sample.SampleFiles.text;

import gift.data.ClassNames;
import gift.image.Image;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Cell;

/**
 * Data sets of a few small images in their true layouts, as torchvision leaves them, with all classes. An image is
 * painted by its class: see {@link SampleFiles#image}.
 */
public final class TrueLayouts {
    private TrueLayouts() {}

    /** {@code variants} in the order of their labels, one training and one test image each. */
    public static void aircraft(Path root, List<String> variants) {
        Path data = root.resolve("fgvc-aircraft-2013b/data");
        text(data.resolve("variants.txt"), String.join("\n", variants) + "\n");
        List<String> train = new ArrayList<>();
        List<String> test = new ArrayList<>();
        for (int k = 0; k < variants.size(); k++) {
            train.add(String.format(Locale.ROOT, "%07d %s", 2 * k, variants.get(k)));
            test.add(String.format(Locale.ROOT, "%07d %s", 2 * k + 1, variants.get(k)));
            jpeg(data.resolve(String.format(Locale.ROOT, "images/%07d.jpg", 2 * k)), k);
            jpeg(data.resolve(String.format(Locale.ROOT, "images/%07d.jpg", 2 * k + 1)), k, 1);
        }
        text(data.resolve("images_variant_train.txt"), String.join("\n", train) + "\n");
        text(data.resolve("images_variant_val.txt"), "9999999 " + variants.get(0) + "\n");
        text(data.resolve("images_variant_test.txt"), String.join("\n", test) + "\n");
    }

    /** Records of CIFAR's binary layout, the given bytes before every image; image i is that of its last byte. */
    public static byte[] cifar(int[]... labelBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int[] labels : labelBytes) {
            Arrays.stream(labels).forEach(out::write);
            Image colour = image(labels[labels.length - 1]);
            for (int c = 0; c < 3; c++) {
                for (int p = 0; p < 32 * 32; p++) {
                    out.write(p == 33 ? 7 * (c + 1) : colour.get(0, 0, c)); // row 1, column 1 tells the planes
                }
            }
        }
        return out.toByteArray();
    }

    public static void cifar100(Path root) {
        int[][] all = IntStream.range(0, 100).mapToObj(k -> new int[] {k / 5, k}).toArray(int[][]::new);
        bytes(root.resolve("cifar-100-binary/train.bin"), cifar(all));
        bytes(root.resolve("cifar-100-binary/test.bin"), cifar(all));
    }

    public static void cifar10(Path root) {
        int[][] all = IntStream.range(0, 10).mapToObj(k -> new int[] {k}).toArray(int[][]::new);
        for (int batch = 1; batch <= 5; batch++) {
            bytes(root.resolve("cifar-10-batches-bin/data_batch_" + batch + ".bin"), cifar(all));
        }
        bytes(root.resolve("cifar-10-batches-bin/test_batch.bin"), cifar(all));
    }

    /** A folder a class with {@code each} images, {@code <class>_1.jpg} and so on. */
    public static void folders(Path place, List<String> folders, int each) {
        for (int k = 0; k < folders.size(); k++) {
            for (int i = 1; i <= each; i++) {
                jpeg(place.resolve(folders.get(k)).resolve(folders.get(k) + "_" + i + ".jpg"), k, i);
            }
        }
    }

    /** Class k has the images 3k, 3k + 1 and 3k + 2, counted from 0: one for training, validation and testing. */
    public static void flowers(Path root) {
        Path folder = root.resolve("flowers-102");
        int n = 3 * 102;
        for (int i = 0; i < n; i++) {
            jpeg(folder.resolve(String.format(Locale.ROOT, "jpg/image_%05d.jpg", i + 1)), i / 3, i % 3);
        }
        mat(folder.resolve("imagelabels.mat"), "labels", row(IntStream.range(0, n).map(i -> i / 3 + 1).toArray()));
        mat(folder.resolve("setid.mat"),
                "trnid", row(IntStream.range(0, 102).map(k -> 3 * k + 1).toArray()),
                "valid", row(IntStream.range(0, 102).map(k -> 3 * k + 2).toArray()),
                "tstid", row(IntStream.range(0, 102).map(k -> 3 * k + 3).toArray()));
    }

    /** The lines of ClassName.txt. */
    public static List<String> sunClasses() {
        return ClassNames.of("SUN397").folders().stream().map(name -> "/" + name.charAt(0) + "/" + name).toList();
    }

    public static void sun397(Path root, int each) {
        List<String> classes = sunClasses();
        Path folder = root.resolve("SUN397");
        text(folder.resolve("ClassName.txt"), String.join("\n", classes) + "\n");
        for (int k = 0; k < classes.size(); k++) {
            for (int i = 0; i < each; i++) {
                jpeg(folder.resolve(classes.get(k).substring(1)).resolve("sun_a" + (char) ('a' + i) + ".jpg"), k, i);
            }
        }
    }

    public static void imageNet(Path root, List<Integer> labels, int each) {
        imageNet(root.resolve("ImageNet"), ClassNames.of("ImageNet").folders(), labels, each, 0);
    }

    /** One training and one test image of each of the 100 classes, in a folder of their own. */
    public static void imageNet100(Path root) {
        List<String> folders = ClassNames.of("ImageNet100").folders();
        imageNet(root.resolve("ImageNet100"), folders, IntStream.range(0, folders.size()).boxed().toList(), 1, 1);
    }

    /** {@code each} training images of each label, numbered from 0, and one test image with its number. */
    private static void imageNet(Path place, List<String> folders, List<Integer> labels, int each, int test) {
        for (int k : labels) {
            for (int i = 0; i < each; i++) {
                jpeg(place.resolve("train").resolve(folders.get(k)).resolve(folders.get(k) + "_" + i + ".JPEG"), k, i);
            }
            jpeg(place.resolve("val").resolve(folders.get(k)).resolve("ILSVRC2012_val_" + k + ".JPEG"), k, test);
        }
    }

    /** One training and one test image of each class, and one without a label. */
    public static void tinyImageNet(Path root) {
        Path folder = root.resolve("tiny-imagenet-200");
        ClassNames table = ClassNames.of("TinyImageNet");
        StringBuilder words = new StringBuilder();
        StringBuilder annotations = new StringBuilder();
        for (int k = 0; k < table.folders().size(); k++) {
            String number = table.folders().get(k);
            words.append(number).append('\t').append(table.names().get(k)).append('\n');
            annotations.append("val_").append(k).append(".JPEG\t").append(number).append("\t0\t0\t15\t11\n");
            jpeg(folder.resolve("train").resolve(number).resolve("images").resolve(number + "_0.JPEG"), k, 0);
            text(folder.resolve("train").resolve(number).resolve(number + "_boxes.txt"), number + "_0.JPEG\t0\t0\t15\t11\n");
            jpeg(folder.resolve("val/images/val_" + k + ".JPEG"), k, 1);
        }
        text(folder.resolve("wnids.txt"), String.join("\n", table.folders()) + "\n");
        text(folder.resolve("words.txt"), words.toString());
        text(folder.resolve("val/val_annotations.txt"), annotations.toString());
        jpeg(folder.resolve("test/images/test_0.JPEG"), 0, 2);
    }

    /** The folder of each class. */
    public static List<String> classFolders(String set) {
        ClassNames table = ClassNames.of(set);
        return table.folders().isEmpty() ? table.names().stream().map(name -> name.replace(' ', '_')).toList() : table.folders();
    }

    /** Lists of one training and one test image a class. */
    public static void dtd(Path root) {
        Path folder = root.resolve("dtd/dtd");
        List<String> folders = classFolders("DTD");
        folders(folder.resolve("images"), folders, 2);
        for (int part = 1; part <= 2; part++) {
            String file = "_" + part + ".jpg\n";
            text(folder.resolve(part == 1 ? "labels/train1.txt" : "labels/test1.txt"),
                    folders.stream().map(name -> name + "/" + name + file).collect(Collectors.joining()));
        }
    }

    /** One training and one test image a class. */
    public static void food(Path root) {
        Path folder = root.resolve("food-101");
        List<String> folders = classFolders("Food");
        folders(folder.resolve("images"), folders, 2);
        for (int part = 1; part <= 2; part++) {
            int number = part;
            String lists = folders.stream().map(name -> String.format(Locale.ROOT, "\"%s\": [\"%s/%s_%d\"]", name, name, name, number))
                    .collect(Collectors.joining(", ", "{", "}"));
            text(folder.resolve(part == 1 ? "meta/train.json" : "meta/test.json"), lists);
        }
    }

    /** Two training and one test image of each digit. */
    public static void mnist(Path root) {
        Path folder = root.resolve("MNIST/raw");
        idx(folder, "train", 20);
        idx(folder, "t10k", 10);
    }

    private static void idx(Path folder, String part, int count) {
        ByteBuffer images = ByteBuffer.allocate(16 + 28 * 28 * count).putInt(0x803).putInt(count).putInt(28).putInt(28);
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            byte[] grey = new byte[28 * 28];
            Arrays.fill(grey, (byte) (40 + i % 10));
            images.put(grey);
            labels.put((byte) (i % 10));
        }
        bytes(folder.resolve(part + "-images-idx3-ubyte"), images.array());
        bytes(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
    }

    /** One training and one test image of each breed. */
    public static void oxfordPet(Path root) {
        Path folder = root.resolve("oxford-iiit-pet");
        List<String> breeds = ClassNames.of("OxfordPet").names();
        for (int part = 1; part <= 2; part++) {
            StringBuilder list = new StringBuilder("# picture class species breed\n");
            for (int k = 0; k < breeds.size(); k++) {
                String name = breeds.get(k).replace(' ', '_') + "_" + part;
                jpeg(folder.resolve("images/" + name + ".jpg"), k, part);
                list.append(name).append(' ').append(k + 1).append(" 1 1\n");
            }
            text(folder.resolve(part == 1 ? "annotations/trainval.txt" : "annotations/test.txt"), list.toString());
        }
    }

    /** One training and one test image of each model. */
    public static void stanfordCars(Path root) {
        Path folder = root.resolve("stanford_cars");
        List<String> models = ClassNames.of("StanfordCars").names();
        Cell names = Mat5.newCell(1, models.size());
        for (int k = 0; k < models.size(); k++) {
            names.set(k, Mat5.newString(models.get(k)));
            jpeg(folder.resolve(String.format(Locale.ROOT, "cars_train/%05d.jpg", k + 1)), k, 0);
            jpeg(folder.resolve(String.format(Locale.ROOT, "cars_test/%05d.jpg", k + 1)), k, 1);
        }
        mat(folder.resolve("devkit/cars_meta.mat"), "class_names", names);
        mat(folder.resolve("devkit/cars_train_annos.mat"), "annotations", SampleFiles.annotations(models.size()));
        mat(folder.resolve("cars_test_annos_withlabels.mat"), "annotations", SampleFiles.annotations(models.size()));
    }

    /** The publisher's table with sentences of its kind; of the first {@code images} rows the images, too. */
    public static void conceptualCaptions(Path root, int rows, int images) {
        Path folder = root.resolve("ConceptualCaptions");
        StringBuilder table = new StringBuilder();
        for (int r = 0; r < rows; r++) {
            table.append("a person looks at number ").append(r).append("\thttp://localhost/").append(r).append('\n');
            if (r < images) {
                jpeg(folder.resolve("val/" + r % 1000 + "/" + r + ".jpg"), r);
            }
        }
        text(folder.resolve("Validation_GCC-1.1.0-Validation.tsv"), table.toString());
    }

    /** Numbered folders such as {@code 001.Laysan_Albatross} with one training and one test image each. */
    public static void cub(Path root, List<String> folders) {
        Path place = root.resolve("CUB_200_2011");
        StringBuilder images = new StringBuilder();
        StringBuilder split = new StringBuilder();
        StringBuilder classes = new StringBuilder();
        for (int k = 0; k < folders.size(); k++) {
            classes.append(k + 1).append(' ').append(folders.get(k)).append('\n');
            for (int i = 0; i < 2; i++) {
                String image = folders.get(k) + "/bird_" + i + ".jpg";
                jpeg(place.resolve("images").resolve(image), k, i);
                images.append(2 * k + i + 1).append(' ').append(image).append('\n');
                split.append(2 * k + i + 1).append(' ').append(1 - i).append('\n');
            }
        }
        text(place.resolve("images.txt"), images.toString());
        text(place.resolve("train_test_split.txt"), split.toString());
        text(place.resolve("classes.txt"), classes.toString());
    }

    /** One training and one test image a species, as its script fetches them; of the last list line the image is not there. */
    public static void birdsnap(Path root, List<String> species) {
        Path place = root.resolve("birdsnap");
        StringBuilder names = new StringBuilder("id\tcommon\tscientific\tdir\n");
        StringBuilder test = new StringBuilder("path\n");
        for (int k = 0; k < species.size(); k++) {
            String folder = species.get(k).replace(' ', '_').replace("'", "");
            names.append(k + 1).append('\t').append(species.get(k)).append("\tAvis\t").append(folder).append('\n');
            jpeg(place.resolve("download/images").resolve(folder).resolve("1.jpg"), k, 0);
            jpeg(place.resolve("download/images").resolve(folder).resolve("2.jpg"), k, 1);
            test.append(folder).append("/2.jpg\n").append(folder).append("/gone.jpg\n");
        }
        text(place.resolve("species.txt"), names.toString());
        text(place.resolve("test_images.txt"), test.toString());
    }

    /** A training, a validation and a test image a class, in the lists of CoOp. */
    public static void ucf101(Path root, List<String> folders) {
        Path place = root.resolve("ucf101");
        List<String> lists = new ArrayList<>();
        for (String part : List.of("train", "val", "test")) {
            List<String> entries = new ArrayList<>();
            for (int k = 0; k < folders.size(); k++) {
                String image = folders.get(k) + "/v_" + folders.get(k).replace("_", "") + "_" + part + ".jpg";
                jpeg(place.resolve("UCF-101-midframes").resolve(image), k, lists.size());
                entries.add(String.format(Locale.ROOT, "[\"%s\", %d, \"%s\"]", image, k, folders.get(k)));
            }
            lists.add("\"" + part + "\": " + entries);
        }
        text(place.resolve("split_zhou_UCF101.json"), "{" + String.join(", ", lists) + "}");
    }

    /** {@code each} images a category, and some of no class. */
    public static void caltech256(Path root, List<String> folders, int each) {
        Path place = root.resolve("caltech256/256_ObjectCategories");
        folders(place, folders, each);
        folders(place, List.of("257.clutter"), 1);
    }

    /** One image of each class of ImageNet in a folder below {@code place}. */
    public static void imageNetShift(Path place, List<String> folders) {
        folders(place, folders, 1);
    }
}
