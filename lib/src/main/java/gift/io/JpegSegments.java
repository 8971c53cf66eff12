package gift.io;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
}
