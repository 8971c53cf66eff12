package gift.io;

/**
 * What a user gave does not serve: a file, a setting, a text, a picture.
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
}
