package gift.io;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Folders as a whole. */
public final class Folders {
    private Folders() {}

    /**
     * Deletes a folder, if it is there, and what is in it; links are deleted, not followed.
     *
     * @throws InputException naming what cannot be deleted
     */
    public static void delete(Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path inner, IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.delete(inner);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new InputException("cannot delete " + folder + ": " + AtomicFiles.oneLine(e), e);
        }
    }
}
