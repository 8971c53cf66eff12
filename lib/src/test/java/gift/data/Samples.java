package gift.data;

import gift.image.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Small files and data sets for tests. */
public final class Samples {
    private Samples() {}

    /** A one-coloured 8 x 6 image. */
    public static Image image(int grey) {
        byte[] rgb = new byte[3 * 8 * 6];
        Arrays.fill(rgb, (byte) grey);
        return new Image(8, 6, rgb);
    }

    /** Writes a small JPEG under any name and returns its path. */
    public static Path jpeg(Path file) {
        PairFolder.writeImage(file.getParent(), 0, image(100), 0.9f);
        try {
            return Files.move(PairFolder.image(file.getParent(), 0), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Images in memory with the given labels; image i has the grey value i. */
    public static ImageDataset dataset(List<String> classNames, int... labels) {
        byte[] pixels = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            pixels[i] = (byte) i;
        }
        return new RawDataset("sample", classNames, labels, "memory", 1, 1, 1, pixels);
    }
}
