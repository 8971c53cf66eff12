package gift.doctor;

import com.sun.management.OperatingSystemMXBean;
import gift.train.Phases;
import java.lang.management.ManagementFactory;

/**
 * Seconds that a piece of work takes on an idle machine. On a busy machine the clock shows more, so processor time is used
 * instead: that of this thread or, where several threads work, that of the process divided by their number.
 */
final class Stopwatch {
    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final double BUSY = 0.25;  // processors that others use
    private static final double SERIAL = 0.3; // of the time more than if all threads worked all the time

    private final int threads;
    private final long wall = System.nanoTime();
    private final long processor;

    /** @param threads that work; 0 where the clock alone counts, as on a GPU */
    Stopwatch(int threads) {
        this.threads = threads;
        this.processor = processorTime();
        SYSTEM.getCpuLoad(); // is about the time since the call before
    }

    private long processorTime() {
        return threads == 1 ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() : Phases.cpuNanos();
    }

    double wallSeconds() {
        return (System.nanoTime() - wall) / 1e9;
    }

    double seconds() {
        double clock = wallSeconds();
        if (threads == 0) {
            return clock;
        }
        double used = (processorTime() - processor) / 1e9;
        double others = SYSTEM.getCpuLoad() * Runtime.getRuntime().availableProcessors() - used / clock;
        double alone = used / threads * (1 + SERIAL * (1 - 1.0 / threads));
        return others < BUSY ? clock : Math.min(clock, alone);
    }
}
