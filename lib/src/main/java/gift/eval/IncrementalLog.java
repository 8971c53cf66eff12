package gift.eval;

import com.fasterxml.jackson.databind.JsonNode;
import gift.eval.ContinuumMetrics.Release;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Texts;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The log {@code metrics.json} of the published class-incremental code: a JSON object a line, one after each step with the keys
 * {@code task} (from 0), {@code acc}, {@code avg_acc}, {@code forgetting}, {@code acc_per_task}, {@code bwt} and {@code fwt},
 * and one after the last step with {@code last} and {@code avg}; all in percent, with two decimals, forgetting with six. What
 * {@code forgetting}, {@code bwt} and {@code fwt} are: {@link ContinuumMetrics}.
 *
 * @param steps one after each step
 * @param last accuracy over all classes after the last step; null where the log ends before
 * @param avg mean of {@code acc} over the steps; null where the log ends before
 */
public record IncrementalLog(List<Step> steps, Double last, Double avg) {
    private static final double ROUNDING = 0.02; // of differences of two accuracies with two decimals, and of their means
    private static final int DECIMALS = 2;
    private static final int FORGETTING_DECIMALS = 6;

    /**
     * A line of the log.
     *
     * @param task number of the step, from 0
     * @param acc accuracy over the classes seen
     * @param avgAcc mean of {@code acc} so far
     * @param accPerTask accuracy on the classes of each step so far
     */
    public record Step(int task, double acc, double avgAcc, double forgetting, List<Double> accPerTask, double bwt, double fwt) {}

    public IncrementalLog {
        steps = List.copyOf(steps);
    }

    /** The log that the published code would write with a release of continuum. */
    public static IncrementalLog of(IncrementalMatrix matrix, Release release) {
        List<Step> steps = new ArrayList<>();
        List<double[]> rows = new ArrayList<>();
        double[] seen = IntStream.range(0, matrix.rows()).mapToDouble(matrix::accuracy).toArray();
        for (int i = 0; i < matrix.rows(); i++) {
            int row = i;
            rows.add(IntStream.rangeClosed(0, i).mapToDouble(j -> matrix.get(row, j)).toArray());
            IncrementalMatrix soFar = IncrementalMatrix.logged(rows, Arrays.copyOf(seen, i + 1));
            steps.add(new Step(i, rounded(seen[i], DECIMALS), rounded(mean(seen, i + 1), DECIMALS),
                    rounded(ContinuumMetrics.forgetting(soFar, release), FORGETTING_DECIMALS),
                    Arrays.stream(rows.get(i)).mapToObj(a -> rounded(a, DECIMALS)).toList(),
                    rounded(ContinuumMetrics.backwardTransfer(soFar, release), DECIMALS),
                    rounded(ContinuumMetrics.forwardTransfer(soFar), DECIMALS)));
        }
        return matrix.isComplete() ? new IncrementalLog(steps, rounded(seen[seen.length - 1], DECIMALS),
                rounded(mean(seen, seen.length), DECIMALS)) : new IncrementalLog(steps, null, null);
    }

    private static double mean(double[] values, int count) {
        return Arrays.stream(values, 0, count).average().orElseThrow();
    }

    /** As Python rounds: half to even of the exact value. */
    private static double rounded(double value, int decimals) {
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
    }

    /** The accuracies of the log as a matrix, with as many steps as it has lines. */
    public IncrementalMatrix matrix() {
        return IncrementalMatrix.logged(steps.stream().map(step -> step.accPerTask.stream().mapToDouble(a -> a).toArray()).toList(),
                steps.stream().mapToDouble(Step::acc).toArray());
    }

    /** The release with which the log's forgetting and BWT were written; empty if they agree with both or none. */
    public Optional<Release> release() {
        Step end = steps.get(steps.size() - 1);
        IncrementalMatrix matrix = matrix();
        List<Release> agreeing = Arrays.stream(Release.values()).filter(release ->
                Math.abs(ContinuumMetrics.forgetting(matrix, release) - end.forgetting) <= ROUNDING
                && Math.abs(ContinuumMetrics.backwardTransfer(matrix, release) - end.bwt) <= ROUNDING).toList();
        return agreeing.size() == 1 ? Optional.of(agreeing.get(0)) : Optional.empty();
    }

    /** Whether a file's first line is of this kind. */
    public static boolean isOne(Path file) {
        if (!file.toString().endsWith(".json")) {
            return false;
        }
        List<String> lines = Texts.lines(file).stream().filter(line -> !line.isBlank()).limit(1).toList();
        return !lines.isEmpty() && lines.get(0).contains("\"acc_per_task\"");
    }

    /**
     * Reads a log; one that ends early has the steps that are there.
     *
     * @throws InputException naming file, line and key, if it is not as above
     */
    public static IncrementalLog read(Path file) {
        List<Step> steps = new ArrayList<>();
        Double last = null;
        Double avg = null;
        List<String> lines = Texts.lines(file);
        for (int n = 0; n < lines.size(); n++) {
            if (lines.get(n).isBlank()) {
                continue;
            }
            String where = file + ", line " + (n + 1);
            InputException.require(last == null, where + ": a line after that with last and avg; one log of one run");
            JsonNode line = Json.parse(where, lines.get(n));
            if (line.has("last")) {
                last = number(where, line, "last");
                avg = number(where, line, "avg");
            } else {
                steps.add(step(where, line, steps.size()));
            }
        }
        InputException.require(!steps.isEmpty(), file + " has no line with acc_per_task; the log of the published"
                + " class-incremental code has one after each step");
        return new IncrementalLog(steps, last, avg);
    }

    private static Step step(String where, JsonNode line, int expected) {
        double task = number(where, line, "task");
        InputException.require(task == expected, where + ": task " + line.path("task") + ", expected " + expected
                + "; steps are numbered from 0 in their order");
        JsonNode perTask = line.path("acc_per_task");
        InputException.require(perTask.isArray() && perTask.size() == expected + 1, where + ": acc_per_task must be a list of "
                + (expected + 1) + " numbers, not " + (perTask.isMissingNode() ? "missing" : perTask));
        List<Double> accuracies = new ArrayList<>();
        perTask.forEach(value -> accuracies.add(percent(where, "acc_per_task", value)));
        return new Step(expected, percent(where, "acc", line.path("acc")), percent(where, "avg_acc", line.path("avg_acc")),
                number(where, line, "forgetting"), accuracies, number(where, line, "bwt"), number(where, line, "fwt"));
    }

    private static double percent(String where, String key, JsonNode value) {
        InputException.require(value.isNumber() && value.asDouble() >= 0 && value.asDouble() <= 100,
                where + ": " + key + " must be percent, 0 to 100, not " + (value.isMissingNode() ? "missing" : value));
        return value.asDouble();
    }

    private static double number(String where, JsonNode line, String key) {
        JsonNode value = line.path(key);
        InputException.require(value.isNumber(),
                where + ": " + key + " must be a number, not " + (value.isMissingNode() ? "missing" : value));
        return value.asDouble();
    }

    /** Writes the log, whole or not at all, as Python writes it. */
    public void write(Path file) {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            text.append("{\"task\": ").append(step.task).append(", \"acc\": ").append(python(step.acc))
                    .append(", \"avg_acc\": ").append(python(step.avgAcc)).append(", \"forgetting\": ").append(python(step.forgetting))
                    .append(", \"acc_per_task\": ")
                    .append(step.accPerTask.stream().map(IncrementalLog::python).collect(Collectors.joining(", ", "[", "]")))
                    .append(", \"bwt\": ").append(python(step.bwt)).append(", \"fwt\": ").append(python(step.fwt)).append("}\n");
        }
        if (last != null) {
            text.append("{\"last\": ").append(python(last)).append(", \"avg\": ").append(python(avg)).append("}\n");
        }
        AtomicFiles.writeString(file, text.toString());
    }

    /** The shortest decimal number, with one decimal at least. */
    private static String python(double value) {
        BigDecimal shortest = BigDecimal.valueOf(value).stripTrailingZeros();
        return shortest.setScale(Math.max(1, shortest.scale())).toPlainString();
    }
}
