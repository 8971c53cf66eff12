package gift.io;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;

/**
 * What a user gave cannot be used: a file, a setting, a text, an image.
 *
 * <p>The message is one line that says what is wrong, where, and what would mend it. The terminal prints that line
 * alone and ends with exit code 2; everything else that is thrown is a defect of the program.
 */
public class InputException extends RuntimeException {
    public InputException(String message) {
        super(message);
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @throws InputException with this message, unless the condition holds */
    public static void require(boolean condition, String message) {
        if (!condition) {
            throw new InputException(message);
        }
    }

    /** Kind and message of an exception on one line, for messages that name the cause; of a file's the reason in words. */
    public static String kindAndMessage(Exception e) {
        if (e instanceof FileSystemException || e instanceof CharacterCodingException) {
            return AtomicFiles.reason((IOException) e);
        }
        String message = e.getMessage() == null ? "" : ": " + e.getMessage().strip();
        return e.getClass().getSimpleName() + message.replaceAll("\\s*\\R\\s*", " ");
    }
}
