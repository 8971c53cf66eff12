package gift.eval;

import java.util.stream.IntStream;

/**
 * Forgetting, backward and forward transfer as continuum computes them, the package by which the published class-incremental
 * code of ZSCL writes its logs. From a matrix R[i][j] (percent on the classes of step j after step i, T rows so far, both
 * counted from 1). Its BWT and FWT are not those of {@link IncrementalMetrics}, which they are named after:
 *
 * <ul>
 *   <li>BWT is the mean over all pairs i &gt; j, not over the last row alone
 *   <li>FWT is the mean of R[i][j] over i &gt; j, the accuracy on steps that were already trained. It says nothing on steps to
 *       come. Since January 2023 continuum has FWT = mean of R[j-1][j], which needs the next step evaluated; the published code
 *       evaluates the steps seen alone and stops with an error at its second step
 * </ul>
 */
public final class ContinuumMetrics {
    /** Releases that differ. */
    public enum Release {
        /** Up to 1.2.3: forgetting and BWT leave out, by their indices, every pair of a step and the one right after it. */
        V1_2_0,
        /** From 1.2.4, of June 2022, to 1.2.7: the indices are right. */
        V1_2_4
    }

    private ContinuumMetrics() {}

    /**
     * Forgetting = 1/(T-1) sum_{j&lt;T} (max_{j&lt;=l&lt;T} R[l][j] - R[T][j]); 0 for one row. Up to 1.2.3 j and l run to
     * T-2, and it is still divided by T-1: 0 for two rows.
     */
    public static double forgetting(IncrementalMatrix r, Release release) {
        int rows = r.rows();
        int steps = rows - (release == Release.V1_2_0 ? 2 : 1); // j and l from 0 to below this
        if (steps < 1) {
            return 0;
        }
        return IntStream.range(0, steps).mapToDouble(j ->
                IntStream.range(j, steps).mapToDouble(l -> r.get(l, j)).max().orElseThrow() - r.get(rows - 1, j)).sum() / (rows - 1);
    }

    /**
     * BWT = 2/(T(T-1)) sum_{i&gt;j} (R[i][j] - R[j][j]); 0 for one row. Up to 1.2.3 the sum is over i &gt; j+1, and still
     * divided by the number of all pairs.
     */
    public static double backwardTransfer(IncrementalMatrix r, Release release) {
        int gap = release == Release.V1_2_0 ? 2 : 1;
        return overPairs(r, gap, true);
    }

    /** FWT = 2/(T(T-1)) sum_{i&gt;j} R[i][j]; 0 for one row. */
    public static double forwardTransfer(IncrementalMatrix r) {
        return overPairs(r, 1, false);
    }

    /** The sum over pairs at least {@code gap} apart by the number of all pairs. */
    private static double overPairs(IncrementalMatrix r, int gap, boolean since) {
        int rows = r.rows();
        if (rows < 2) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j <= i - gap; j++) {
                sum += r.get(i, j) - (since ? r.get(j, j) : 0);
            }
        }
        return sum / (rows * (rows - 1) / 2.0);
    }
}
