package gift.dry;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.AtomicFiles;
import gift.io.Json;
import gift.results.tables.TextTable;
import gift.train.Environment;
import gift.train.Phases;
import gift.train.Phases.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a dry run took, phase by phase, all its sessions together: {@code report.json} and {@code report.txt}. What a
 * killed session did in the phase at hand is not counted.
 */
final class DryReport {
    static final String ALL = "all"; // for phases that serve every study

    private final Path folder;
    private final List<String> cut = new ArrayList<>();
    private final List<Row> phases = new ArrayList<>();
    private Environment environment;

    /** @param study {@link #ALL}, or its name */
    record Row(String study, String phase, double seconds, double cpuSeconds, Double peakMemoryGib) {
        Phase took() {
            return new Phase(seconds, cpuSeconds, peakMemoryGib);
        }

        static Row of(String study, String phase, Phase took) {
            Double peak = took.peakMemoryGib();
            return new Row(study, phase, Math.round(took.seconds() * 10) / 10.0, Math.round(took.cpuSeconds() * 10) / 10.0,
                    peak == null ? null : Math.round(peak * 100) / 100.0);
        }
    }

    private record Content(String about, List<String> cut, DryScale scale, Environment environment, Row total,
            List<Row> phases) {}

    /** Goes on with the report of an earlier session, if there is one. */
    DryReport(Path folder) {
        this.folder = folder;
        Path file = folder.resolve("report.json");
        if (Files.exists(file)) {
            JsonNode earlier = Json.tree(file);
            phases.addAll(List.of(Json.convert(file.toString(), earlier.path("phases"), Row[].class)));
            environment = Json.convert(file.toString(), earlier.path("environment"), Environment.class);
        }
    }

    void cut(List<String> lines) {
        cut.clear();
        cut.addAll(lines);
    }

    void environment(Environment found) {
        environment = found;
    }

    /** Forgets what a study took, which starts over. */
    void forget(String study) {
        phases.removeIf(row -> row.study.equals(study));
    }

    /** Adds to what a phase took before. */
    private void add(String study, String phase, Phase took) {
        for (int i = 0; i < phases.size(); i++) {
            Row row = phases.get(i);
            if (row.study.equals(study) && row.phase.equals(phase)) {
                phases.set(i, Row.of(study, phase, row.took().and(took)));
                return;
            }
        }
        phases.add(Row.of(study, phase, took));
    }

    /** Adds what phases took, and writes the report. */
    void add(String study, Phases took, DryScale scale) {
        took.all().forEach((phase, one) -> add(study, phase, one));
        write(scale);
    }

    /** Does what a phase is, and adds what it took. */
    void phase(String study, String name, DryScale scale, Runnable work) {
        Phases phases = new Phases();
        phases.begin(name);
        work.run();
        phases.end();
        add(study, phases, scale);
    }

    private Row total() {
        return Row.of(ALL, "total", phases.stream().map(Row::took).reduce(Phase::and).orElse(new Phase(0, 0, null)));
    }

    private void write(DryScale scale) {
        String about = "A dry run: the whole chain with models of full size, random weights and painted images."
                + " Its accuracies mean nothing.";
        AtomicFiles.writeString(folder.resolve("report.json"),
                Json.write(new Content(about, cut, scale, environment, total(), phases)));
        AtomicFiles.writeString(folder.resolve("report.txt"), text());
    }

    String text() {
        List<List<String>> rows = new ArrayList<>();
        phases.forEach(row -> rows.add(cells(row)));
        rows.add(cells(total()));
        String machine = environment == null ? "" : String.format(Locale.ROOT, "%n%s, %d cores, %.1f GiB; %d threads; %s%n",
                environment.cpu(), environment.cores(), environment.memoryGib(), environment.threads(), environment.device());
        return TextTable.of(List.of("study", "phase", "seconds", "cpu seconds", "peak GiB"), rows,
                new boolean[] {false, false, true, true, true}) + "\n" + machine
                + "\nnot as in the real run:\n" + String.join("", cut.stream().map(line -> "- " + line + "\n").toList());
    }

    private static List<String> cells(Row row) {
        return List.of(row.study, row.phase, String.format(Locale.ROOT, "%.1f", row.seconds),
                String.format(Locale.ROOT, "%.1f", row.cpuSeconds),
                row.peakMemoryGib == null ? "unknown" : String.format(Locale.ROOT, "%.2f", row.peakMemoryGib));
    }
}
