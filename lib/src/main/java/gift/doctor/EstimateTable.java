package gift.doctor;

import gift.train.Progress;
import java.util.Locale;
import java.util.function.Consumer;

/** Estimated times as lines. */
final class EstimateTable {
    private EstimateTable() {}

    /** @param estimates null for none */
    static void print(Estimates estimates, Consumer<String> line) {
        if (estimates == null) {
            line.accept("time: too little is there for an estimate");
            return;
        }
        int width = Math.max(6, estimates.runs().stream().mapToInt(run -> run.method().length()).max().orElse(0));
        String columns = "%-" + width + "s %5s %14s %14s %14s";
        line.accept("");
        line.accept(String.format(Locale.ROOT, columns, "method", "runs", "training", "evaluation", "all its runs"));
        estimates.runs().forEach(run -> line.accept(String.format(Locale.ROOT, columns, run.method(), run.runs(),
                Progress.time(run.training()), Progress.time(run.evaluation()), Progress.time(run.total()))));
        line.accept(String.format(Locale.ROOT, "looking through images %s, generating images %s; in all %s (%.2f hours),"
                + " estimated for this machine with nothing else to do", Progress.time(estimates.looking()),
                Progress.time(estimates.generating()), Progress.time(estimates.total()), estimates.total() / 3600));
    }
}
