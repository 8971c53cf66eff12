package gift.cli;

import gift.eval.Interval;
import gift.io.InputException;
import gift.results.tables.ResultTable;
import gift.results.tables.Tables;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a table of results. */
@Command(name = "table", description = "A table of published or own results; see results/README.md for the columns.")
final class TableCommand implements Callable<Integer> {
    enum Format { text, csv, markdown }

    @Option(names = "--list", description = "name and description of every table")
    private boolean list;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    private Format format;

    @Option(names = "--interval", defaultValue = "bootstrap",
            description = "over seeds, 95 %%: bootstrap, or t, which is honest with few (default ${DEFAULT-VALUE})")
    private Interval.Kind interval;

    @Mixin
    private ResultOptions shown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Tables tables = new Tables(shown.folders(), interval);
        if (list) {
            ResultOptions.list(tables.descriptions(), out);
            return 0;
        }
        if (shown.name == null) {
            throw new InputException("which table? gift table --list names them");
        }
        ResultTable table = tables.get(shown.name);
        out.print(switch (format) {
            case text -> table.text();
            case csv -> table.csv();
            case markdown -> table.markdown();
        });
        out.flush();
        if (format == Format.csv) {
            // what text and Markdown say below the table must not get lost, nor into the file
            table.notes().forEach(spec.commandLine().getErr()::println);
            spec.commandLine().getErr().flush();
        }
        return 0;
    }
}
