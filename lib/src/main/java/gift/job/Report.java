package gift.job;

import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.results.tables.Comparison;
import gift.results.tables.ResultTable;
import gift.study.Provenance;
import gift.train.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@code results/report.html}: one page with everything in it, figures too; it links only to the notebooks beside it. */
final class Report {
    private static final String STYLE = """
            body { max-width: 72em; margin: 2em auto; padding: 0 1em; font: 15px/1.45 sans-serif; color: #222;
                   background: #fff; }
            h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2em; border-bottom: 1px solid #bbb; }
            table { border-collapse: collapse; margin: 1em 0; font-size: 13px; }
            th, td { padding: 0.2em 0.7em; border-bottom: 1px solid #ddd; text-align: left; }
            th { border-bottom: 2px solid #888; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
            figure { margin: 1.5em 0; } img { max-width: 100%; height: auto; }
            .note { color: #555; font-size: 13px; margin: 0.2em 0; } .not { color: #a00; font-weight: bold; }
            .wide { overflow-x: auto; } summary { cursor: pointer; }
            @media print { body { max-width: none; margin: 0; font-size: 11px; } h2 { break-before: page; }
                           figure { break-inside: avoid; } }
            """;

    private final Job job;
    private final Outputs outputs;
    private final JobFolders folders;
    private final List<JobRun> runs;
    private final StringBuilder page = new StringBuilder();

    /** @param runs of the job, of which only the finished ones appear */
    Report(Job job, List<JobRun> runs, Outputs outputs, JobFolders folders) {
        this.job = job;
        this.outputs = outputs;
        this.folders = folders;
        this.runs = runs;
    }

    /** Writes the page, after tables and figures. */
    void write() {
        String title = "GIFT in Java: " + job.name();
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>").append(text(title))
                .append("</title>\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
        element("h1", title);
        element("p", job.about());
        provenance();
        comparison();
        for (String study : outputs.studies()) {
            study(study);
        }
        notebooks();
        page.append("</body>\n</html>\n");
        AtomicFiles.writeString(folders.report(), page.toString());
    }

    private void provenance() {
        List<JobRun> finished = runs.stream().filter(run -> run.folder(folders.runs()).finished()).toList();
        List<Provenance> all = finished.stream()
                .map(run -> Provenance.read(run.folder(folders.runs()).provenance())).toList();
        element("h2", "What was run");
        if (all.isEmpty()) {
            element("p", "No run is finished.");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("runs", finished.size() + " of " + runs.size()
                + ", each a method that learns all tasks in turn with one seed"));
        rows.add(List.of("time (UTC)", all.stream().map(Provenance::started).sorted().findFirst().orElseThrow() + " to "
                + all.stream().map(Provenance::ended).sorted().reduce((a, b) -> b).orElseThrow()));
        rows.add(List.of("work", minutes(all.stream().mapToDouble(Provenance::wallSeconds).sum())
                + " of all runs together, some of them side by side; "
                + all.stream().mapToInt(Provenance::resumptions).sum() + " resumptions"));
        for (String what : List.of("code", "machine", "libraries")) {
            rows.add(List.of(what, all.stream().map(p -> describe(what, p.environment())).distinct()
                    .collect(Collectors.joining("; "))));
        }
        table(List.of("", ""), rows, new boolean[2]);
        element("p", "Every number below comes from the accuracy matrices of these runs: matrix.csv in "
                + "results/runs/<study>/<method>/<seed>, beside settings and provenance.");
    }

    private static String describe(String what, Environment e) {
        return switch (what) {
            case "code" -> "gift " + e.gift() + (e.commit() == null ? "" : ", commit " + e.commit())
                    + (Boolean.TRUE.equals(e.changed()) ? " with changes" : "");
            case "machine" -> e.cpu() + ", " + e.cores() + " cores, " + e.memoryGib() + " GiB, " + e.os() + ", device "
                    + e.device() + ", " + e.threads() + (e.threads() == 1 ? " thread" : " threads")
                    + (e.arithmetic() == null ? "" : ", arithmetic " + e.arithmetic());
            default -> "DJL " + e.djl() + ", PyTorch " + e.pytorch() + ", " + e.java();
        };
    }

    private static String minutes(double seconds) {
        return String.format(Locale.ROOT, "%.1f minutes", seconds / 60);
    }

    private void comparison() {
        Comparison comparison = outputs.comparison();
        element("h2", "Compared with the committed reference");
        element("p", comparison.summary() + ".");
        if (!comparison.rows().isEmpty()) { // many rows: folded when there is nothing to look for in them
            boolean all = comparison.reproduced() == comparison.rows().size();
            page.append(all ? "<details>\n" : "<details open>\n").append("<summary>number by number</summary>\n");
            show(comparison.table());
            page.append("</details>\n");
        }
    }

    private void study(String study) {
        element("h2", study);
        runs.stream().filter(run -> run.study().name().equals(study)).findFirst()
                .ifPresent(run -> element("p", run.study().about()));
        boolean first = true;
        for (ResultTable table : outputs.tables(study).values()) {
            element("h3", table.description());
            show(table);
            if (first) {
                figures(study);
            }
            first = false;
        }
    }

    private void figures(String study) {
        for (String name : outputs.figures(study)) {
            try {
                String data = Base64.getEncoder().encodeToString(Files.readAllBytes(folders.figures().resolve(name + ".png")));
                page.append("<figure><img alt=\"").append(text(name)).append("\" src=\"data:image/png;base64,").append(data)
                        .append("\"></figure>\n");
            } catch (IOException e) {
                throw new InputException("cannot read the figure " + name + ": " + AtomicFiles.reason(e), e);
            }
        }
    }

    private void notebooks() {
        Path folder = folders.notebooks();
        List<String> names;
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            names = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".html")).sorted().toList();
        } catch (IOException e) {
            throw new InputException("cannot read the folder " + folder + ": " + AtomicFiles.reason(e), e);
        }
        if (!names.isEmpty()) {
            element("h2", "Notebooks");
            page.append("<ul>\n");
            names.forEach(name -> page.append("<li><a href=\"notebooks/").append(text(name)).append("\">")
                    .append(text(name.replace(".html", ""))).append("</a></li>\n"));
            page.append("</ul>\n");
        }
    }

    private void show(ResultTable table) {
        table(table.header(), table.cells(), table.numeric());
        table.notes().forEach(note -> page.append("<p class=\"note\">").append(text(note)).append("</p>\n"));
    }

    private void table(List<String> header, List<List<String>> rows, boolean[] numeric) {
        page.append("<div class=\"wide\"><table>\n");
        if (header.stream().anyMatch(name -> !name.isEmpty())) {
            row("th", header, numeric);
        }
        rows.forEach(cells -> row("td", cells, numeric));
        page.append("</table></div>\n");
    }

    private void row(String tag, List<String> cells, boolean[] numeric) {
        page.append("<tr>").append(IntStream.range(0, cells.size()).mapToObj(j -> "<" + tag + (numeric[j] ? " class=\"n\"" : "")
                + (cells.get(j).equals("not reproduced") ? " class=\"not\"" : "") + ">" + text(cells.get(j)) + "</" + tag + ">")
                .collect(Collectors.joining())).append("</tr>\n");
    }

    private void element(String tag, String text) {
        if (!text.isEmpty()) {
            page.append('<').append(tag).append('>').append(text(text)).append("</").append(tag).append(">\n");
        }
    }

    private static String text(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
