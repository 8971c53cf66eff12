package gift.job;

import gift.results.ResultFolders;
import gift.results.tables.Tables;
import java.nio.file.Path;

/**
 * Where a job puts what it makes, and what it compares with.
 *
 * @param results runs, tables, figures and the report
 * @param published the papers' numbers
 * @param reference the committed reference, {@code results/mini}
 */
public record JobFolders(Path results, Path published, Path reference) {
    /** Of all runs. */
    public Path runs() {
        return results.resolve("runs");
    }

    Path tables() {
        return results.resolve("tables");
    }

    Path figures() {
        return results.resolve("figures");
    }

    Path notebooks() {
        return results.resolve("notebooks");
    }

    Path report() {
        return results.resolve("report.html");
    }

    /** What the processes of a job print. */
    Path logs() {
        return runs().resolve(".logs");
    }

    /** For tables and figures. */
    ResultFolders all() {
        return new ResultFolders(runs(), published, reference.resolve("matrices"));
    }

    /** Tables of own, committed and published results, with a job's intervals. */
    public Tables allTables() {
        return new Tables(all(), Outputs.INTERVAL);
    }
}
