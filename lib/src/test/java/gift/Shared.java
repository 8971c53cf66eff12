package gift;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds the reference material that tests compare with: the folder named by the system property or environment variable
 * {@code GIFT_SHARED}, else {@code shared} beside the repository.
 */
public final class Shared {
    private Shared() {}

    /** The file or folder {@code sub} of the reference material; without it the test is skipped, with a message. */
    public static Path require(String sub) {
        Path found = Stream.of(System.getProperty("GIFT_SHARED"), System.getenv("GIFT_SHARED"), "../../shared", "../shared")
                .filter(Objects::nonNull)
                .map(folder -> Path.of(folder).resolve(sub))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(found != null, () -> "no reference material '" + sub
                + "': set GIFT_SHARED to the shared folder to run this test");
        return found;
    }
}
