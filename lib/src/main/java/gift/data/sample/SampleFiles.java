package gift.data.sample;

import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.AtomicFiles;
import gift.io.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Struct;

/** Small images, lists and MAT files of made-up data sets. */
public final class SampleFiles {
    private static final int WIDTH = 16;
    private static final int HEIGHT = 12;
    private static final float QUALITY = 0.95f;

    private SampleFiles() {}

    /** An image of one colour, which tells the class k: 40 + k % 200 and 40 + k / 200 times 100. */
    public static Image image(int label) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) (40 + label % 200);
            rgb[i + 1] = (byte) (40 + label / 200 * 100);
            rgb[i + 2] = 90;
        }
        return new Image(WIDTH, HEIGHT, rgb);
    }

    /** {@link #image}, in whose right lower corner a mark tells one image of the class from another. */
    static Image image(int label, int number) {
        Image plain = image(label);
        for (int y = 8; y < HEIGHT; y++) {
            for (int x = 8; x < WIDTH; x++) {
                plain.rgb()[3 * (y * WIDTH + x) + 2] = (byte) (90 + 12 * number);
            }
        }
        return plain;
    }

    /** Writes the first image of a class under any name and returns its path. */
    public static Path jpeg(Path file, int label) {
        return jpeg(file, label, 0);
    }

    static Path jpeg(Path file, int label, int number) {
        return bytes(file, ImageFiles.jpeg(image(label, number), QUALITY));
    }

    /** Writes a text in UTF-8 with the folders above it, and returns its path. */
    public static Path text(Path file, String content) {
        return bytes(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a file with the folders above it, and returns its path. */
    public static Path bytes(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new InputException("cannot write " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** A MAT file of named arrays. */
    public static void mat(Path file, Object... namesAndArrays) {
        try {
            Files.createDirectories(file.getParent());
            var mat = Mat5.newMatFile();
            for (int i = 0; i < namesAndArrays.length; i += 2) {
                mat.addArray((String) namesAndArrays[i], (Array) namesAndArrays[i + 1]);
            }
            Mat5.writeToFile(mat, file.toFile());
        } catch (IOException e) {
            throw new InputException("cannot write " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    public static Matrix row(int... values) {
        Matrix matrix = Mat5.newMatrix(1, values.length);
        for (int i = 0; i < values.length; i++) {
            matrix.setInt(i, values[i]);
        }
        return matrix;
    }

    /** The annotations of Stanford Cars: image k + 1 is of class k + 1. */
    static Struct annotations(int classes) {
        Struct struct = Mat5.newStruct(1, classes);
        for (int k = 0; k < classes; k++) {
            struct.set("class", k, Mat5.newScalar(k + 1));
            struct.set("fname", k, Mat5.newString(String.format(Locale.ROOT, "%05d.jpg", k + 1)));
        }
        return struct;
    }
}
