package gift.units;

import gift.io.Csv;
import gift.units.UnitRecord.Attempt;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The last step: what the units left as tables, reports and manifests, who did them, and what is missing. */
public final class Collecting {
    private static final int SHOWN = 20; // units by name

    private Collecting() {}

    /**
     * Collects, writes {@code units.csv} beside the records, and says what is missing.
     *
     * @return whether all units are done
     */
    public static boolean collect(Units units, PrintWriter out) {
        units.collect(out);
        Status status = Status.of(units);
        Records records = new Records(units);
        if (records.isBegun()) {
            write(units, records, out);
        }
        out.println(status.line());
        status.failed().stream().limit(SHOWN).forEach(one -> out.println("failed: unit " + one.index() + ", " + one.id()
                + ", tried " + times(one.tries()) + ": " + one.message()));
        if (status.done() < status.units()) {
            List<Integer> missing = IntStream.range(0, units.size()).filter(i -> !units.isDone(i)).boxed().toList();
            missing.stream().limit(SHOWN).forEach(i -> out.println("missing: unit " + i + ", " + units.id(i)));
            if (missing.size() > SHOWN) {
                out.println("missing: " + (missing.size() - SHOWN) + " more");
            }
        }
        out.flush();
        return status.done() == status.units();
    }

    private static String times(int n) {
        return n == 1 ? "once" : n + " times";
    }

    /** A row for every attempt, and a line of how fast it went. */
    private static void write(Units units, Records records, PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("index", "unit", "attempt", "state", "host", "process", "job", "started", "seconds", "message"));
        double work = 0;
        int attempts = 0;
        int done = 0;
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        for (int i = 0; i < units.size(); i++) {
            UnitRecord record = records.read(i);
            int number = 0; // attempts can be equal: two that fail within a second
            for (Attempt a : record.attempts()) {
                attempts++;
                number++;
                String took = a.seconds() == null ? "" : String.format(Locale.ROOT, "%.3f", a.seconds());
                rows.add(List.of(Integer.toString(i), record.id(), Integer.toString(number), a.state().toString(), a.host(),
                        Long.toString(a.process()), text(a.job()), a.started(), took, text(a.message())));
                double seconds = a.seconds() == null ? 0 : a.seconds();
                work += seconds;
                Instant start = Instant.parse(a.started());
                Instant end = start.plus(Duration.ofMillis((long) (seconds * 1000)));
                first = start.isBefore(first) ? start : first;
                last = end.isAfter(last) ? end : last;
                done += a.state() == UnitRecord.State.DONE ? 1 : 0;
            }
        }
        Path csv = records.folder().resolve("units.csv");
        Csv.write(csv, rows);
        if (done > 0) {
            double hours = Math.max(1, Duration.between(first, last).toSeconds()) / 3600.0;
            out.println(String.format(Locale.ROOT, "%d units in %d attempts, %.2f hours of work in %.2f hours: %.1f units an hour; %s",
                    done, attempts, work / 3600, hours, done / hours, csv));
        }
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }
}
