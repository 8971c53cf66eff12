package gift.job;

import gift.results.tables.Comparison;
import gift.results.tables.ResultTable;
import java.io.PrintWriter;
import java.util.List;

/** What a job leaves of its finished runs: tables, figures, the comparison with the committed reference, the report. */
public final class Results {
    private Results() {}

    /**
     * Writes everything and prints the main table of each study and how it compares.
     *
     * @param runs of the job; those that are not finished are left out and named
     */
    public static void write(Job job, List<JobRun> runs, JobFolders folders, PrintWriter out) {
        List<String> studies = runs.stream().filter(run -> run.folder(folders.runs()).finished())
                .map(run -> run.study().name()).distinct().toList();
        Outputs outputs = new Outputs(folders.all(), studies);
        outputs.writeTables(folders.tables());
        outputs.writeFigures(folders.figures(), true);
        Comparison comparison = outputs.comparison();
        if (!comparison.rows().isEmpty()) {
            Outputs.write(comparison.table(), folders.tables());
        }
        new Report(job, runs, outputs, folders).write();
        for (String study : studies) {
            ResultTable main = outputs.main(study);
            out.println();
            out.println(main.description());
            out.print(main.text());
        }
        out.println();
        out.println(comparison.summary());
        comparison.rows().stream().filter(row -> !row.reproduced()).forEach(row -> out.println("not reproduced: "
                + row.describe()));
        out.println("report: " + folders.report());
        out.flush();
    }
}
