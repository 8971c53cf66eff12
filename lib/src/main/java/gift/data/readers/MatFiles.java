package gift.data.readers;

import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;

/** MATLAB 5 files, in which some data sets keep their labels. */
final class MatFiles {
    private MatFiles() {}

    /** Reads one thing from an open file; what the library throws at a wrong content is a RuntimeException. */
    interface Reading<T> {
        T from(MatFile file) throws IOException;
    }

    /**
     * @param expected what the file must hold, for messages: {@code "a cell array class_names"}
     * @param hint what to know if the file is missing
     * @throws InputException naming the file, if it is missing or holds something else
     */
    static <T> T read(String set, Path path, String expected, String hint, Reading<T> reading) {
        if (!Files.isRegularFile(path)) {
            throw new InputException(set + ": no file " + path + "; " + hint);
        }
        try (MatFile file = Mat5.readFromFile(path.toFile())) {
            return reading.from(file);
        } catch (InputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new InputException(
                    set + ": " + path + " is no MAT file with " + expected + " ("
                            + InputException.kindAndMessage(e) + "); fetch it again", e);
        }
    }
}
