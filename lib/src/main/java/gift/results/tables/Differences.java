package gift.results.tables;

import gift.eval.Interval;
import gift.results.Metric;
import gift.results.StudyRuns;
import java.util.List;

/**
 * The difference between two methods, seed by seed. A seed gives both the same batches, so that what they have in common
 * falls out; intervals side by side keep it in and are wider.
 *
 * @param method id
 * @param seeds that both have, ascending
 * @param each the method's value minus the other's, points, for each seed
 * @param interval their mean and its 95 % t interval; no ends with fewer than two seeds
 */
public record Differences(String method, List<Long> seeds, List<Double> each, Interval interval) {
    /** Of a method and another of the same study. */
    public static Differences of(StudyRuns study, String method, String other, Metric metric) {
        return of(study, method, study, other, metric);
    }

    /** Of a method in one study and another, or the same, in another study. */
    public static Differences of(StudyRuns study, String method, StudyRuns otherStudy, String other, Metric metric) {
        List<Long> seeds = study.of(method).stream().map(StudyRuns.Run::seed)
                .filter(seed -> otherStudy.of(other).stream().anyMatch(run -> run.seed() == seed)).toList();
        List<Double> each = seeds.stream().map(seed -> metric.of(study.run(method, seed).metrics())
                - metric.of(otherStudy.run(other, seed).metrics())).toList();
        return new Differences(method, seeds, each,
                Interval.of(Interval.Kind.T, each.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    /** "higher" or "lower" where the interval leaves 0 out, "not told apart" where it holds 0, "one seed", "no seed". */
    public String verdict() {
        return verdict(interval);
    }

    static String verdict(Interval interval) {
        if (!interval.exists()) {
            return interval.count() == 0 ? "no seed" : Double.isNaN(interval.mean()) ? "no number" : "one seed";
        }
        return interval.low() > 0 ? "higher" : interval.high() < 0 ? "lower" : "not told apart";
    }

    /** How many of the seeds have a difference above zero. */
    public long above() {
        return each.stream().filter(d -> d > 0).count();
    }

    /**
     * A row for each: name, mean, interval, seeds above zero, verdict.
     *
     * @param title what is subtracted from what, below the table
     */
    public static ResultTable table(String title, List<Differences> all) {
        ResultTable.Builder table = new ResultTable.Builder(title).text("method").whole("seeds")
                .numbers(List.of("difference", "difference_low", "difference_high")).whole("above_zero").text("verdict");
        all.forEach(d -> table.row(d.method, d.each.size(), d.interval.mean(),
                d.interval.low(), d.interval.high(), (int) d.above(), d.verdict()));
        return table.build(title, 2, List.of(title + "; [low, high]: 95 % t interval over seeds"));
    }
}
