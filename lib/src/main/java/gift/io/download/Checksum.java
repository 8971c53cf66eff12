package gift.io.download;

import gift.io.Hashes;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What a file's content must come to.
 *
 * @param algorithm sha256 or md5, which many publishers of data sets still state: against broken files, not attackers
 * @param hex lower-case hexadecimal digits
 */
public record Checksum(String algorithm, String hex) {
    public static final String SHA256 = "sha256";

    private static final Map<String, Integer> DIGITS = Map.of(SHA256, 64, "md5", 32);

    /** @throws InputException if it is none */
    public Checksum {
        Integer digits = DIGITS.get(algorithm);
        hex = hex.toLowerCase(Locale.ROOT);
        if (digits == null || hex.length() != digits || !hex.matches("[0-9a-f]+")) {
            throw new InputException("\"" + algorithm + ":" + hex + "\" is no checksum: write sha256: and 64 or md5: and 32"
                    + " hexadecimal digits");
        }
    }

    /** From {@code "sha256:0123..."}. */
    public static Checksum parse(String text) {
        int colon = text.indexOf(':');
        return new Checksum(text.substring(0, Math.max(0, colon)), text.substring(colon + 1));
    }

    /** That of a file's content. */
    public static Checksum of(Path file, String algorithm) {
        return new Checksum(algorithm, algorithm.equals("md5") ? Hashes.md5(file) : Hashes.sha256(file));
    }

    /** Whether the content of a file comes to this. */
    public boolean fits(Path file) {
        return of(file, algorithm).equals(this);
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
