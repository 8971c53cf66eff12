package gift.eval;

import gift.io.InputException;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The numbers by which class-incremental learning is compared, from a matrix R[i][j] (percent on the classes of step j after
 * step i, T steps, both counted from 1 here). What the published code prints under the names of some of them is in {@link
 * ContinuumMetrics}.
 *
 * @param accuracy A_t, percent of the test images of all classes seen after step t, for every step
 * @param last A_T
 * @param avg mean of A_t over the steps ("average incremental accuracy", Rebuffi et al., iCaRL, 2017)
 * @param forgetting mean loss of a step since it was best; 0 for one step
 * @param backwardTransfer mean change of a step since it was trained, negative when it was forgotten; 0 for one step
 * @param forwardTransfer mean gain on a step by the steps before it, over the model before any training; NaN where the steps
 *     to come, or the accuracies before training, were not evaluated
 */
public record IncrementalMetrics(List<Double> accuracy, double last, double avg, double forgetting, double backwardTransfer,
        double forwardTransfer) {
    /**
     * All metrics of a finished run.
     *
     * @throws InputException if the matrix lacks rows
     */
    public static IncrementalMetrics of(IncrementalMatrix r) {
        InputException.require(r.isComplete(), "the run is not finished: " + r.rows() + " of " + r.steps() + " steps");
        List<Double> accuracy = IntStream.range(0, r.steps()).mapToObj(r::accuracy).toList();
        return new IncrementalMetrics(accuracy, last(accuracy), avg(accuracy), forgetting(r), backwardTransfer(r),
                forwardTransfer(r));
    }

    /**
     * A_t = sum_{j&lt;=t} n_j R[t][j] / sum_{j&lt;=t} n_j: every image counts alike, so a step weighs by its images.
     *
     * @param images n_j, test images of the steps seen, t values
     * @param row R[t][j], t values at least
     */
    public static double accuracy(List<Integer> images, double[] row) {
        double right = IntStream.range(0, images.size()).mapToDouble(j -> images.get(j) * row[j]).sum();
        return right / images.stream().mapToLong(n -> n).sum();
    }

    /** Last = A_T. */
    public static double last(List<Double> accuracy) {
        return accuracy.get(accuracy.size() - 1);
    }

    /** Avg = 1/T sum_t A_t. */
    public static double avg(List<Double> accuracy) {
        return accuracy.stream().mapToDouble(a -> a).average().orElse(Double.NaN);
    }

    /**
     * Forgetting = 1/(T-1) sum_{j&lt;T} (max_{j&lt;=l&lt;T} R[l][j] - R[T][j]) (Chaudhry et al., Riemannian Walk, 2018,
     * equation 3), T the last row; 0 for one row. Negative where steps got better.
     */
    public static double forgetting(IncrementalMatrix r) {
        int last = r.rows() - 1;
        return meanOverEarlier(last, j -> IntStream.range(j, last).mapToDouble(l -> r.get(l, j)).max().orElseThrow()
                - r.get(last, j));
    }

    /** BWT = 1/(T-1) sum_{j&lt;T} (R[T][j] - R[j][j]) (Lopez-Paz and Ranzato 2017), T the last row; 0 for one row. */
    public static double backwardTransfer(IncrementalMatrix r) {
        int last = r.rows() - 1;
        return meanOverEarlier(last, j -> r.get(last, j) - r.get(j, j));
    }

    /**
     * FWT = 1/(T-1) sum_{j&gt;1} (R[j-1][j] - b_j), b_j the accuracy on step j before any training (Lopez-Paz and Ranzato
     * 2017), T the last row. The classes of step j then compete though they are not learnt yet; NaN where R[j-1][j] or b_j was
     * not evaluated, 0 for one row.
     */
    public static double forwardTransfer(IncrementalMatrix r) {
        double[] before = r.before().orElse(null);
        return meanOverEarlier(r.rows() - 1, j -> before == null ? Double.NaN : r.get(j, j + 1) - before[j + 1]);
    }

    /** The mean of a value over {@code count} steps; 0 if there is none. */
    private static double meanOverEarlier(int count, IntToDoubleFunction value) {
        return count < 1 ? 0 : IntStream.range(0, count).mapToDouble(value).sum() / count;
    }
}
