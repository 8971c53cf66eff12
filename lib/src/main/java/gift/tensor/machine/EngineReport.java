package gift.tensor.machine;

import java.util.List;
import java.util.Locale;

/**
 * What {@code EngineCheck} found on this machine.
 *
 * @param processor its name, as the system gives it
 * @param engine version of libtorch
 * @param threads of the engine
 * @param cases arrays that were compared with plain arithmetic
 * @param wrong operations that were wrong when everything was as libtorch chooses, each with its worst case
 * @param mode how the engine computes since, found right by the same cases
 * @param seconds that the check took
 * @param cached whether it was made by an earlier process
 */
public record EngineReport(String processor, String engine, int threads, int cases, List<Wrong> wrong, EngineMode mode,
        double seconds, boolean cached) {

    /**
     * An operation with a wrong result.
     *
     * @param operation and its precision
     * @param sizes of the worst case
     * @param error the largest difference divided by the largest value; infinite where values are not finite
     */
    public record Wrong(String operation, String sizes, double error) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s (%s), is wrong by %s", operation, sizes,
                    Double.isFinite(error) ? String.format(Locale.ROOT, "%.2g of its largest value", error) : "infinite or undefined values");
        }
    }

    public EngineReport fromCache() {
        return new EngineReport(processor, engine, threads, cases, wrong, mode, seconds, true);
    }

    /** One sentence: what was wrong, and what is done about it; or that all is right. */
    public String text() {
        if (mode == EngineMode.AS_IT_IS) {
            return String.format(Locale.ROOT, "%d results on %s equal plain arithmetic", cases, processor);
        }
        String more = wrong.size() == 1 ? "" : String.format(Locale.ROOT, "; so are %d other operations", wrong.size() - 1);
        return String.format(Locale.ROOT, "on %s libtorch %s computes wrongly: %s%s; it now computes %s, which was checked and is right",
                processor, engine, wrong.get(0), more, mode);
    }
}
