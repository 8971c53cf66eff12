package gift.data;

import gift.io.Picture;
import gift.io.Pictures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Matrix;

/**
 * Data sets of a few small pictures in their true layouts, as torchvision leaves them, with all classes. A picture is
 * painted by its class: see {@link #picture}.
 */
final class TrueLayouts {
    private TrueLayouts() {}

    /** A picture of one colour, which tells the class k: 40 + k % 200 and 40 + k / 200 times 100. */
    static Picture picture(int label) {
        byte[] rgb = new byte[3 * 16 * 12];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) (40 + label % 200);
            rgb[i + 1] = (byte) (40 + label / 200 * 100);
            rgb[i + 2] = 90;
        }
        return new Picture(16, 12, rgb);
    }

    static Path jpeg(Path file, int label) {
        Pictures.writeJpeg(file, picture(label), 0.95f);
        return file;
    }

    /** Numbers in a MAT file; they may share it with others that are there already. */
    static void mat(Path file, Object... namesAndArrays) {
        try {
            Files.createDirectories(file.getParent());
            var mat = Mat5.newMatFile();
            for (int i = 0; i < namesAndArrays.length; i += 2) {
                mat.addArray((String) namesAndArrays[i], (Array) namesAndArrays[i + 1]);
            }
            Mat5.writeToFile(mat, file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Matrix row(int... values) {
        Matrix matrix = Mat5.newMatrix(1, values.length);
        for (int i = 0; i < values.length; i++) {
            matrix.setInt(i, values[i]);
        }
        return matrix;
    }

    /** {@code variants} in the order of their labels, one training and one test picture each. */
    static void aircraft(Path root, List<String> variants) {
        Path data = root.resolve("fgvc-aircraft-2013b/data");
        Samples.text(data.resolve("variants.txt"), String.join("\n", variants) + "\n");
        List<String> train = new ArrayList<>();
        List<String> test = new ArrayList<>();
        for (int k = 0; k < variants.size(); k++) {
            train.add(String.format("%07d %s", 2 * k, variants.get(k)));
            test.add(String.format("%07d %s", 2 * k + 1, variants.get(k)));
            jpeg(data.resolve(String.format("images/%07d.jpg", 2 * k)), k);
            jpeg(data.resolve(String.format("images/%07d.jpg", 2 * k + 1)), k);
        }
        Samples.text(data.resolve("images_variant_train.txt"), String.join("\n", train) + "\n");
        Samples.text(data.resolve("images_variant_val.txt"), "9999999 " + variants.get(0) + "\n");
        Samples.text(data.resolve("images_variant_test.txt"), String.join("\n", test) + "\n");
    }

    /** Records of CIFAR's binary layout, the given bytes before every picture; picture i is that of its last byte. */
    static byte[] cifar(int[]... labelBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int[] labels : labelBytes) {
            Arrays.stream(labels).forEach(out::write);
            Picture colour = picture(labels[labels.length - 1]);
            for (int c = 0; c < 3; c++) {
                for (int p = 0; p < 32 * 32; p++) {
                    out.write(p == 33 ? 7 * (c + 1) : colour.get(0, 0, c)); // row 1, column 1 tells the planes
                }
            }
        }
        return out.toByteArray();
    }

    static void cifar100(Path root) {
        int[][] all = IntStream.range(0, 100).mapToObj(k -> new int[] {k / 5, k}).toArray(int[][]::new);
        Samples.bytes(root.resolve("cifar-100-binary/train.bin"), cifar(all));
        Samples.bytes(root.resolve("cifar-100-binary/test.bin"), cifar(all));
    }

    static void cifar10(Path root) {
        int[][] all = IntStream.range(0, 10).mapToObj(k -> new int[] {k}).toArray(int[][]::new);
        for (int batch = 1; batch <= 5; batch++) {
            Samples.bytes(root.resolve("cifar-10-batches-bin/data_batch_" + batch + ".bin"), cifar(all));
        }
        Samples.bytes(root.resolve("cifar-10-batches-bin/test_batch.bin"), cifar(all));
    }

    /** A folder a class with {@code each} pictures, {@code <class>_1.jpg} and so on. */
    static void folders(Path place, List<String> folders, int each) {
        for (int k = 0; k < folders.size(); k++) {
            for (int i = 1; i <= each; i++) {
                jpeg(place.resolve(folders.get(k)).resolve(folders.get(k) + "_" + i + ".jpg"), k);
            }
        }
    }

    /** Class k has the pictures 3k, 3k + 1 and 3k + 2, counted from 0: one for training, validation and testing. */
    static void flowers(Path root) {
        Path folder = root.resolve("flowers-102");
        int n = 3 * 102;
        for (int i = 0; i < n; i++) {
            jpeg(folder.resolve(String.format("jpg/image_%05d.jpg", i + 1)), i / 3);
        }
        mat(folder.resolve("imagelabels.mat"), "labels", row(IntStream.range(0, n).map(i -> i / 3 + 1).toArray()));
        mat(folder.resolve("setid.mat"),
                "trnid", row(IntStream.range(0, 102).map(k -> 3 * k + 1).toArray()),
                "valid", row(IntStream.range(0, 102).map(k -> 3 * k + 2).toArray()),
                "tstid", row(IntStream.range(0, 102).map(k -> 3 * k + 3).toArray()));
    }

    /** The lines of ClassName.txt. */
    static List<String> sunClasses() {
        return ClassNames.of("SUN397").folders().stream().map(name -> "/" + name.charAt(0) + "/" + name).toList();
    }

    static void sun397(Path root, int each) {
        List<String> classes = sunClasses();
        Path folder = root.resolve("SUN397");
        Samples.text(folder.resolve("ClassName.txt"), String.join("\n", classes) + "\n");
        for (int k = 0; k < classes.size(); k++) {
            for (int i = 0; i < each; i++) {
                jpeg(folder.resolve(classes.get(k).substring(1)).resolve("sun_a" + (char) ('a' + i) + ".jpg"), k);
            }
        }
    }

    static void imageNet(Path root, List<Integer> labels, int each) {
        List<String> folders = ClassNames.of("ImageNet").folders();
        for (int k : labels) {
            for (int i = 0; i < each; i++) {
                jpeg(root.resolve("ImageNet/train").resolve(folders.get(k)).resolve(folders.get(k) + "_" + i + ".JPEG"), k);
            }
            jpeg(root.resolve("ImageNet/val").resolve(folders.get(k)).resolve("ILSVRC2012_val_" + k + ".JPEG"), k);
        }
    }
}
