package gift.data;

import gift.io.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes files that appear whole or not at all. */
public final class WholeFile {
    private WholeFile() {}

    /** Writes a file's content to a stream. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes {@code content} beside {@code file} under a temporary name and then moves it there, making the folder if
     * it does not exist. If anything fails, {@code file} stays as it was.
     *
     * @throws InputException naming the file if it cannot be written
     */
    public static void write(Path file, Content content) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
            Path unfinished = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
            try {
                try (OutputStream out = Files.newOutputStream(unfinished)) {
                    content.writeTo(out);
                }
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new InputException("cannot write " + file + " (" + Layout.oneLine(e)
                    + "); look at the folder's permissions and the space left", e);
        }
    }
}
