package gift.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 fingerprints, as 64 lower-case hexadecimal digits. */
public final class Hashes {
    private Hashes() {}

    /**
     * The SHA-256 of a file's content, read in pieces so that any size works.
     *
     * @throws InputException if the file is missing or unreadable
     */
    public static String sha256(Path file) {
        return of(file, digest("SHA-256"));
    }

    /** The MD5 of a file's content, 32 digits: for comparison with what publishers state. */
    public static String md5(Path file) {
        return of(file, digest("MD5"));
    }

    private static String of(Path file, MessageDigest digest) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[1 << 16];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                digest.update(piece, 0, n);
            }
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The SHA-256 of bytes. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest("SHA-256").digest(bytes));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
