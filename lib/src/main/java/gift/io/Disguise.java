package gift.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files that are something else than their name says: what a download or a checkout left in place of the real one. */
public final class Disguise {
    private static final int HEAD = 1024; // bytes
    private static final Pattern LFS = Pattern.compile("version https://(?:git-lfs|hawser)[^\\n]*\\n(?:.*\\nsize (\\d+))?",
            Pattern.DOTALL);
    /** How packed files begin, by what unpacks them; zip is left out, in which torch keeps its files. */
    private static final Map<String, String> ARCHIVES = Map.of("\u001f\u008b", "gzip", "BZh", "bzip2", "\u00fd7zXZ", "xz",
            "7z\u00bc\u00af", "7-Zip", "Rar!", "rar", "(\u00b5/\u00fd", "zstd");
    private static final Pattern MESSAGE = Pattern.compile("\\{\\s*\"(error|message|detail)\"");

    private Disguise() {}

    /**
     * What a file is and how to get the real one, as the end of a sentence that begins with its name; empty if it is nothing
     * that is known here, or cannot be read.
     */
    public static Optional<String> of(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(HEAD));
        } catch (IOException e) {
            return Optional.empty(); // whoever reads it says so
        }
    }

    /** The same by the first bytes of a file. */
    static Optional<String> of(byte[] head) {
        if (head.length == 0) {
            return Optional.of("is empty; fetch it again");
        }
        for (Map.Entry<String, String> archive : ARCHIVES.entrySet()) {
            if (new String(head, StandardCharsets.ISO_8859_1).startsWith(archive.getKey())) {
                return Optional.of("is packed by " + archive.getValue() + "; unpack it");
            }
        }
        String text = Texts.withoutMark(new String(head, StandardCharsets.UTF_8)).stripLeading();
        Matcher lfs = LFS.matcher(text);
        if (lfs.lookingAt()) {
            return Optional.of("is a pointer of Git LFS, not the file itself" + (lfs.group(1) == null ? "" : ", which has "
                    + lfs.group(1) + " bytes") + "; run git lfs pull in its repository, or download the file itself");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("<!doctype html") || lower.startsWith("<html") || lower.startsWith("<head")
                || lower.startsWith("<!--") && lower.contains("<html")) {
            return Optional.of("is an HTML page, which a server sent in place of the file (a login, a licence, an error); open it"
                    + " in a browser to see why, then fetch the file itself");
        }
        if (lower.startsWith("<?xml") && !lower.contains("<svg") || lower.startsWith("<error>")) {
            return Optional.of("is an XML message, which a server sent in place of the file; read it to see why, then fetch the"
                    + " file itself");
        }
        if (MESSAGE.matcher(lower).lookingAt()) {
            return Optional.of("is a message in JSON, which a server sent in place of the file; read it to see why, then fetch"
                    + " the file itself");
        }
        return Optional.empty();
    }

    /**
     * Refuses a file that is known to be something else.
     *
     * @throws InputException with the file's name, what it is and how to get the real one
     */
    public static void refuse(Path file) {
        of(file).ifPresent(what -> {
            throw new InputException(file + " " + what);
        });
    }
}
