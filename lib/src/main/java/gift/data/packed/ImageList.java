package gift.data.packed;

import gift.data.DataFiles;
import gift.data.ImageSource;
import gift.image.Image;
import gift.io.Hashes;
import gift.io.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Images in files.
 *
 * @param root folder of the data, which may be moved
 */
record ImageList(ImageSource images, Path root) {
    /** Size in bytes and time of the last change, in milliseconds, of an image's file. */
    record Stamp(long bytes, long changed) {}

    String name() {
        return images.name();
    }

    int size() {
        return images.size();
    }

    Image image(int i) {
        return images.image(i);
    }

    String source(int i) {
        return images.source(i);
    }

    /** Whether each image is a file of its own; others lie in memory as soon as the set is open. */
    boolean inFiles() {
        return size() > 0 && Files.isRegularFile(DataFiles.image(Path.of(source(0))));
    }

    /** SHA-256 of the names of all images in their order, relative to the folder of the data. */
    String sha256() {
        String prefix = root + "/";
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < size(); i++) {
            String path = source(i).replace('\\', '/');
            names.append(path.startsWith(prefix) ? path.substring(prefix.length()) : path).append('\n');
        }
        return Hashes.sha256(names.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** @throws InputException if the file of image {@code i} is not there */
    Stamp stamp(int i) {
        try {
            BasicFileAttributes file = Files.readAttributes(DataFiles.image(Path.of(source(i))), BasicFileAttributes.class);
            return new Stamp(file.size(), file.lastModifiedTime().toMillis());
        } catch (IOException e) {
            throw new InputException(name() + ": no image at " + source(i), e);
        }
    }
}
