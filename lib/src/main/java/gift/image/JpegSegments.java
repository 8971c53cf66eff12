package gift.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The marker segments at the head of a JPEG file. */
final class JpegSegments {
    private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);

    private JpegSegments() {}

    /**
     * The file without its colour profile, so that a decoder gives the stored values, as Pillow does, instead of
     * converting them. Anything that is not a JPEG, and a JPEG without a profile, comes back as it is.
     *
     * <p>A JPEG begins with FF D8; then follow segments {@code FF marker length(2, big-endian) content}, where the length
     * counts itself, until the compressed data that FF DA announces. Profiles lie in segments FF E2.
     */
    static byte[] withoutProfile(byte[] file) {
        if (file.length < 4 || (file[0] & 0xff) != 0xff || (file[1] & 0xff) != 0xd8) {
            return file;
        }
        ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
        kept.write(file, 0, 2);
        int at = 2;
        while (at + 4 <= file.length && (file[at] & 0xff) == 0xff) {
            int marker = file[at + 1] & 0xff;
            int end = at + 2 + ((file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff);
            if (marker < 0xc0 || marker == 0xda || marker == 0xff || end > file.length) {
                break; // the compressed data, or something odd that is the decoder's to judge
            }
            if (!(marker == 0xe2 && end >= at + 4 + PROFILE.length
                    && Arrays.equals(file, at + 4, at + 4 + PROFILE.length, PROFILE, 0, PROFILE.length))) {
                kept.write(file, at, end - at);
            }
            at = end;
        }
        kept.write(file, at, file.length - at);
        return kept.size() == file.length ? file : kept.toByteArray();
    }

    /** The file with a comment (segment FF FE, UTF-8) at the head; at most 65,533 bytes. */
    static byte[] withComment(byte[] file, String comment) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        if (text.length > 0xffff - 2) {
            throw new IllegalArgumentException("a JPEG comment of " + text.length + " bytes is too long");
        }
        // after the JFIF segment, which some readers want first
        int at = (file[3] & 0xff) == 0xe0 ? 4 + length(file, 4) : 2; // the length counts itself
        ByteArrayOutputStream result = new ByteArrayOutputStream(file.length + text.length + 4);
        result.write(file, 0, at);
        result.write(0xff);
        result.write(0xfe);
        result.write(text.length + 2 >> 8);
        result.write(text.length + 2);
        result.write(text, 0, text.length);
        result.write(file, at, file.length - at);
        return result.toByteArray();
    }

    /** The first comment; empty where there is none, or the file is no JPEG. */
    static Optional<String> comment(byte[] file) {
        if (file.length < 4 || (file[0] & 0xff) != 0xff || (file[1] & 0xff) != 0xd8) {
            return Optional.empty();
        }
        int at = 2;
        while (at + 4 <= file.length && (file[at] & 0xff) == 0xff && (file[at + 1] & 0xff) != 0xda) {
            int end = at + 2 + length(file, at + 2);
            if ((file[at + 1] & 0xff) == 0xfe && end <= file.length && end >= at + 4) {
                return Optional.of(new String(file, at + 4, end - at - 4, StandardCharsets.UTF_8));
            }
            at = end;
        }
        return Optional.empty();
    }

    private static int length(byte[] file, int at) {
        return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
    }
}
