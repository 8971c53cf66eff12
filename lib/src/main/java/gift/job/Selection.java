package gift.job;

import gift.io.InputException;
import gift.io.Json;
import gift.results.tables.Comparison;
import gift.results.tables.Tables;
import java.util.List;
import java.util.stream.Stream;

/** The part of a job that one table needs. */
public final class Selection {
    private Selection() {}

    /**
     * The runs of the study that the table belongs to; none for a table of published numbers, all for the comparison.
     *
     * @throws InputException with the nearest name, if there is no such table
     */
    public static List<JobRun> of(List<JobRun> runs, String table, Tables known) {
        if (table.equals(Comparison.TABLE)) {
            return runs;
        }
        List<JobRun> needed = runs.stream().filter(run -> tables(run).contains(table)).toList();
        if (needed.isEmpty() && !known.descriptions().containsKey(table)) {
            List<String> names = Stream.concat(runs.stream().flatMap(run -> tables(run).stream()),
                    known.descriptions().keySet().stream()).distinct().toList();
            throw new InputException("no table '" + table + "'" + Json.nearest(table, names));
        }
        return needed;
    }

    private static List<String> tables(JobRun run) {
        String study = run.study().name();
        return run.study().scenario() == null ? Tables.of(study) : Tables.ofIncremental(study);
    }
}
