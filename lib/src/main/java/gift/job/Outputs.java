package gift.job;

import gift.eval.Interval;
import gift.io.AtomicFiles;
import gift.results.IncrementalRuns;
import gift.results.ResultFolders;
import gift.results.StudyRuns;
import gift.results.figures.Figures;
import gift.results.figures.IncrementalFigures;
import gift.results.tables.Comparison;
import gift.results.tables.ResultTable;
import gift.results.tables.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables and figures of studies as files: CSV, Markdown, PNG and SVG. */
final class Outputs {
    /** Of all tables and figures. */
    static final Interval.Kind INTERVAL = Interval.Kind.T;

    private final ResultFolders folders;
    private final List<String> studies;

    /** @param studies those that have a finished run */
    Outputs(ResultFolders folders, List<String> studies) {
        this.folders = folders;
        this.studies = List.copyOf(studies);
    }

    List<String> studies() {
        return studies;
    }

    /** The tables of a study, by name; the first is the main one. */
    Map<String, ResultTable> tables(String study) {
        Tables all = new Tables(folders, INTERVAL);
        Map<String, ResultTable> tables = new LinkedHashMap<>();
        (isIncremental(study) ? Tables.ofIncremental(study) : Tables.of(study)).forEach(name -> tables.put(name, all.get(name)));
        return tables;
    }

    /** The main table of a study as README.md shows it: of a class-incremental one Avg and Last alone. */
    ResultTable main(String study) {
        ResultTable main = tables(study).values().iterator().next();
        return isIncremental(study) ? main.only("method", "seeds", "avg", "last") : main;
    }

    private boolean isIncremental(String study) {
        return Tables.incremental(folders).containsKey(study);
    }

    /** Those of own runs beside the committed ones. */
    Comparison comparison() {
        return Comparison.of(folders).only(studies);
    }

    /** Writes every table, as CSV and as Markdown. */
    void writeTables(Path folder) {
        for (String study : studies) {
            tables(study).values().forEach(table -> write(table, folder));
        }
    }

    static void write(ResultTable table, Path folder) {
        AtomicFiles.writeString(folder.resolve(table.name() + ".csv"), table.csv());
        AtomicFiles.writeString(folder.resolve(table.name() + ".md"), table.markdown());
    }

    /** The names of a study's figures: of matrices, and where runs have them of losses or, of growing label spaces, confusions. */
    List<String> figures(String study) {
        StudyRuns runs = Tables.studies(folders).get(study).get();
        List<String> names = new ArrayList<>();
        if (isIncremental(study)) {
            names.add(study + "_classes");
            IncrementalRuns.Run shown = Tables.incremental(folders).get(study).get().run(null, null);
            if (IncrementalFigures.hasConfusion(shown)) {
                names.add(study + "_confusion");
            }
            names.add(study + "_heatmap");
            return names;
        }
        if (runs.tasks().size() > 1) {
            names.add(study + "_scatter");
            names.add(study + "_backward_transfer");
        }
        names.add(study + "_sequence");
        names.add(study + "_heatmap");
        StudyRuns.Run shown = runs.run(null, null);
        if (shown.folder() != null && shown.folder().resolve("losses").toFile().isDirectory()) {
            names.add(study + "_losses");
        }
        return names;
    }

    /** Writes every figure as PNG, and with {@code svg} as SVG too. */
    void writeFigures(Path folder, boolean svg) {
        Figures all = new Figures(folders, INTERVAL);
        for (String study : studies) {
            for (String name : figures(study)) {
                all.get(name).write(folder.resolve(name + ".png"));
                if (svg) {
                    all.get(name).write(folder.resolve(name + ".svg"));
                }
            }
        }
    }
}
