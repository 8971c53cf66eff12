package gift.bench;

import java.util.Locale;

/**
 * How long a call took.
 *
 * @param name of what was timed
 * @param warmup calls before, not counted
 * @param repeats calls that were counted
 * @param medianMs the middle one of their times; of an even number the later of the two in the middle
 * @param minMs the shortest
 * @param maxMs the longest
 * @param processorMs the middle one of the processor times of this process, all threads together: other work on the
 *     machine changes it less than the time
 * @param operations floating-point operations of a call; 0 where they were not counted
 * @param timesFloor median over the time that these operations take at the rate of the {@link Floor}; null without operations
 * @param peakMemoryGib largest resident memory of the process until then; null where the system does not say
 * @param gpuMemoryGib memory of the GPU in use after the last call, of all processes; null on a CPU, or where neither CUDA nor the
 *     driver says
 */
public record Timing(String name, int warmup, int repeats, double medianMs, double minMs, double maxMs, double processorMs,
        double operations, Double timesFloor, Double peakMemoryGib, Double gpuMemoryGib) {

    /** One line of a table. */
    String line() {
        return String.format(Locale.ROOT, "%-22s %10.1f ms (median of %d; %.1f to %.1f), processor %.1f ms%s%s%s",
                name, medianMs, repeats, minMs, maxMs, processorMs,
                timesFloor == null ? "" : String.format(Locale.ROOT, ", %.2f x the floor", timesFloor),
                peakMemoryGib == null ? "" : String.format(Locale.ROOT, ", peak resident memory %.2f GiB", peakMemoryGib),
                gpuMemoryGib == null ? "" : String.format(Locale.ROOT, ", GPU %.2f GiB", gpuMemoryGib));
    }
}
