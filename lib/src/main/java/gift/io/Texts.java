package gift.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Text files in UTF-8. The mark that some editors put at the beginning (byte order mark) is left out; where it says that
 * the text is UTF-16, as Windows' own tools write it, the text is read so.
 */
public final class Texts {
    private static final String MARK = "\uFEFF";

    private Texts() {}

    /**
     * The whole text.
     *
     * @throws InputException naming the file, if it is missing, unreadable, or no text in UTF-8
     */
    public static String read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no file " + file);
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
        boolean utf16 = bytes.length > 1 && (bytes[0] == -1 && bytes[1] == -2 || bytes[0] == -2 && bytes[1] == -1);
        try {
            return withoutMark((utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8).newDecoder()
                    .decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            throw new InputException(file + " is no text in UTF-8; save it as UTF-8", e);
        }
    }

    /** The lines of {@link #read}, without line ends. */
    public static List<String> lines(Path file) {
        return read(file).lines().toList();
    }

    /** A text without the mark at its beginning. */
    public static String withoutMark(String text) {
        return text.startsWith(MARK) ? text.substring(1) : text;
    }
}
