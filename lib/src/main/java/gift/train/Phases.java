package gift.train;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Time and memory of the phases of a job, one after the other; a phase that comes again goes on counting. */
public final class Phases {
    /** Reading data sets, weights and reference pairs, and checking them. */
    public static final String OPENING = "opening";
    public static final String TRAINING = "training";
    public static final String EVALUATION = "evaluation";

    private final Map<String, Phase> done = new LinkedHashMap<>();
    private String current; // null between phases
    private long clock;
    private long processor;

    /**
     * What a phase took.
     *
     * @param seconds of the clock
     * @param cpuSeconds of all cores together
     * @param peakMemoryGib largest resident memory of the process; null where the system does not say
     */
    public record Phase(double seconds, double cpuSeconds, Double peakMemoryGib) {
        /** Both one after the other. */
        public Phase and(Phase other) {
            Double peak = peakMemoryGib == null || other.peakMemoryGib == null ? null
                    : Double.valueOf(Math.max(peakMemoryGib, other.peakMemoryGib));
            return new Phase(seconds + other.seconds, cpuSeconds + other.cpuSeconds, peak);
        }
    }

    /** Ends the phase at hand and begins another. */
    public void begin(String name) {
        end();
        current = name;
        PeakMemory.reset();
        clock = System.nanoTime();
        processor = cpuNanos();
    }

    /** Ends the phase at hand, if there is one. */
    public void end() {
        if (current != null) {
            double gib = PeakMemory.gib();
            done.merge(current, new Phase((System.nanoTime() - clock) / 1e9, (cpuNanos() - processor) / 1e9,
                    Double.isNaN(gib) ? null : gib), Phase::and);
            current = null;
        }
    }

    /** The phases that have ended, in the order in which they first began. */
    public Map<String, Phase> all() {
        return Collections.unmodifiableMap(done);
    }

    /** Processor time of this process so far, nanoseconds. */
    public static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
