package gift.units;

import com.fasterxml.jackson.annotation.JsonInclude;
import gift.doctor.RunNeeds;
import gift.io.Json;
import gift.train.Progress;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The units of a file as lines: plain, or one JSON object each. */
public final class UnitList {
    private UnitList() {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(int index, String id, boolean done, Double seconds, Long memory, Long deviceMemory) {}

    /** @param estimate whether the doctor says what each takes */
    public static void print(Units units, boolean json, boolean estimate, Consumer<String> line) {
        List<RunNeeds> needs = estimate ? Estimator.of(units) : null;
        var done = units.done();
        for (int i = 0; i < units.size(); i++) {
            RunNeeds one = needs == null ? null : needs.get(i);
            if (json) {
                line.accept(Json.line(new Line(i, units.id(i), done.get(i), one == null ? null : one.seconds(),
                        one == null ? null : one.memory(), one == null ? null : one.deviceMemory())));
            } else {
                line.accept(String.format(Locale.ROOT, "%6d  %s%s%s", i, units.id(i), done.get(i) ? "  done" : "",
                        needs == null ? "" : said(one)));
            }
        }
    }

    private static String said(RunNeeds needs) {
        return needs == null ? "  no estimate: gift doctor says what is missing" : "  about " + Progress.time(needs.seconds()) + ", "
                + String.format(Locale.ROOT, "%.1f GiB", needs.memory() / Math.pow(2, 30));
    }
}
