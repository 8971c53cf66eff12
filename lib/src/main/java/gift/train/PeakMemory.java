package gift.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.WeakHashMap;

/** The largest resident memory of this process, as Linux counts it (VmHWM). */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Set<PeakMemory> WATCHES = Collections.newSetFromMap(new WeakHashMap<>());

    private double before = Double.NEGATIVE_INFINITY; // the last reset, of this watch's own time

    private PeakMemory() {}

    /** The peak from now on, whatever else is counted anew meanwhile. */
    public static synchronized PeakMemory watch() {
        reset();
        PeakMemory watch = new PeakMemory();
        WATCHES.add(watch);
        return watch;
    }

    /** The peak since {@link #watch}, as {@link #gib}. */
    public double watchedGib() {
        return Math.max(before, gib());
    }

    /** Starts counting anew; where that is not allowed, the peak stays that of the whole process. */
    public static synchronized void reset() {
        double now = gib();
        WATCHES.forEach(watch -> watch.before = Math.max(watch.before, now));
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException | RuntimeException e) {
            return; // not Linux, or not allowed
        }
    }

    /** In GiB; NaN where the system does not say. */
    public static double gib() {
        try {
            return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith("VmHWM"))
                    .mapToDouble(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1048576.0).findFirst().orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** "1.23 GiB", or "unknown" where the system does not say. */
    public static String text() {
        double gib = gib();
        return Double.isNaN(gib) ? "unknown" : String.format(Locale.ROOT, "%.2f GiB", gib);
    }
}
