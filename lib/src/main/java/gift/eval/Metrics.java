package gift.eval;

import gift.io.InputException;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The numbers by which multi-domain task-incremental learning is compared (Zheng et al., ZSCL, 2023), from an accuracy
 * matrix a[j][i] (percent on task i after training on task j, n tasks, both counted from 1 here).
 *
 * @param tasks task names in training order
 * @param transferPerTask Transfer_i = 1/(i-1) sum_{j&lt;i} a[j][i], how well task i goes before it is trained; NaN for
 *     the first task
 * @param avgPerTask Avg_i = 1/n sum_j a[j][i]
 * @param lastPerTask Last_i = a[n][i]
 * @param transfer mean of Transfer_i over i = 2 .. n; NaN if n = 1
 * @param avg mean of Avg_i over all tasks
 * @param last mean of Last_i over all tasks
 * @param backwardTransfer BWT = 1/(n-1) sum_(i<n) (a[n][i] - a[i][i]) (Lopez-Paz and Ranzato 2017): mean change of a task
 *     since it was trained, negative when it was forgotten; the published code calls it forgetting; NaN if n = 1
 */
public record Metrics(
        List<String> tasks,
        List<Double> transferPerTask,
        List<Double> avgPerTask,
        List<Double> lastPerTask,
        double transfer,
        double avg,
        double last,
        double backwardTransfer) {

    /**
     * All metrics of a finished run.
     *
     * @throws InputException if the matrix lacks rows
     */
    public static Metrics of(AccuracyMatrix a) {
        int n = a.tasks().size();
        if (!a.isComplete()) {
            throw new InputException("the run is not finished: " + a.rows() + " of " + n + " rows, the next is that of "
                    + a.tasks().get(a.rows()));
        }
        // Transfer_i = 1/(i-1) sum_{j<i} a[j][i]
        List<Double> transfer = perTask(n, i -> mean(IntStream.range(0, i).mapToDouble(j -> a.get(j, i))));
        // Avg_i = 1/n sum_j a[j][i]
        List<Double> avg = perTask(n, i -> mean(IntStream.range(0, n).mapToDouble(j -> a.get(j, i))));
        // Last_i = a[n][i]
        List<Double> last = perTask(n, i -> a.get(n - 1, i));
        // BWT = 1/(n-1) sum_i (a[n][i] - a[i][i])
        double backwardTransfer = IntStream.range(0, n).mapToDouble(i -> a.get(n - 1, i) - a.get(i, i)).sum() / (n - 1);
        return new Metrics(
                a.tasks(), transfer, avg, last,
                mean(transfer.subList(1, n)), mean(avg), mean(last), backwardTransfer);
    }

    /** These without Transfer, for a model that learnt all tasks at once: it has seen every task that it is tested on. */
    public Metrics withoutTransfer() {
        return new Metrics(tasks, tasks.stream().map(task -> Double.NaN).toList(), avgPerTask, lastPerTask,
                Double.NaN, avg, last, backwardTransfer);
    }

    private static List<Double> perTask(int n, IntToDoubleFunction value) {
        return IntStream.range(0, n).mapToDouble(value).boxed().toList();
    }

    private static double mean(List<Double> values) {
        return mean(values.stream().mapToDouble(Double::doubleValue));
    }

    private static double mean(DoubleStream values) {
        return values.average().orElse(Double.NaN);
    }
}
