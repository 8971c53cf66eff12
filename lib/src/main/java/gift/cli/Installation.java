package gift.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** The folder that this library was built in: the clone, with {@code data} and {@code results}. */
final class Installation {
    private static final int ABOVE = 3; // lib/target/gift.jar, lib/target/classes

    private Installation() {}

    /**
     * A file or folder that a command means unless it is told otherwise: below the current folder or, where it is not there,
     * below the clone.
     *
     * @param path relative
     */
    static Path find(Path path) {
        Path root = root();
        return Files.exists(path) || root == null || !Files.exists(root.resolve(path)) ? path : root.resolve(path);
    }

    /** The clone, or null where the library is somewhere else. */
    private static Path root() {
        CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
        try {
            Path place = source == null ? null : Path.of(source.getLocation().toURI());
            for (int i = 0; i < ABOVE && place != null; i++) {
                place = place.getParent();
            }
            return place;
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }
}
