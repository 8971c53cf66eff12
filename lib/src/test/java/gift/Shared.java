package gift;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Finds the shared material that some tests compare with. */
public final class Shared {
    private Shared() {}

    /** The path {@code sub} in the shared folder; without it the calling test is skipped with a message. */
    public static Path require(String sub) {
        Path found = Stream.of(System.getProperty("GIFT_SHARED"), System.getenv("GIFT_SHARED"), "../shared", "../../shared")
                .filter(Objects::nonNull)
                .map(root -> Path.of(root).resolve(sub))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(found != null, "no " + sub + " in ../shared; set GIFT_SHARED to the shared folder");
        return found;
    }
}
