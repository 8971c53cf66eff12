package gift.data;

import gift.image.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Small files and data sets for tests. */
public final class Samples {
    private Samples() {}

    /** A one-coloured 8 x 6 picture. */
    public static Picture picture(int grey) {
        byte[] rgb = new byte[3 * 8 * 6];
        Arrays.fill(rgb, (byte) grey);
        return new Picture(8, 6, rgb);
    }

    /** Writes a small JPEG under any name and returns its path. */
    public static Path jpeg(Path file) {
        PairFolder.writePicture(file.getParent(), 0, picture(100), 0.9f);
        try {
            return Files.move(PairFolder.picture(file.getParent(), 0), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pictures in memory with the given labels; picture i has the grey value i. */
    public static ImageDataset dataset(List<String> classNames, int... labels) {
        byte[] pixels = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            pixels[i] = (byte) i;
        }
        return new RawDataset("sample", classNames, labels, "memory", 1, 1, 1, pixels);
    }
}
