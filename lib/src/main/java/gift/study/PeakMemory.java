package gift.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The largest resident memory of this process, as Linux counts it (VmHWM). */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private PeakMemory() {}

    /** Starts counting anew; where that is not allowed, the peak stays that of the whole process. */
    static void reset() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException | RuntimeException e) {
            return; // not Linux, or not allowed
        }
    }

    /** In GiB; NaN where the system does not say. */
    static double gib() {
        try {
            return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith("VmHWM"))
                    .mapToDouble(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1048576.0).findFirst().orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** "1.23 GiB", or "unknown" where the system does not say. */
    static String text() {
        double gib = gib();
        return Double.isNaN(gib) ? "unknown" : String.format(Locale.ROOT, "%.2f GiB", gib);
    }
}
