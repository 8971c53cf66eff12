package gift.io;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Reads pictures from files. */
public final class Pictures {
    private Pictures() {}

    /**
     * Decodes one picture file (JPEG, PNG, BMP, GIF) to 8-bit RGB.
     *
     * @throws InputException naming the file, if it is missing, truncated or no picture
     */
    public static Picture read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no picture at " + file);
        }
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            if (image == null) {
                throw new InputException("not a picture in a known format: " + file);
            }
            return Picture.of(image);
        } catch (IOException | RuntimeException e) {
            if (e instanceof InputException known) {
                throw known;
            }
            throw new InputException("unreadable picture " + file + ": " + e.getMessage(), e);
        }
    }
}
