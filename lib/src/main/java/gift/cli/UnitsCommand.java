package gift.cli;

import gift.units.Collecting;
import gift.units.UnitList;
import gift.units.Units;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The units of a file. */
@Command(name = "units", description = "List the numbered units of a study, a job, a tuning or a plan; a number always means the"
        + " same work. Or collect what they left.")
final class UnitsCommand implements Callable<Integer> {
    @Mixin
    private UnitOptions options;

    @Option(names = "--json", description = "one JSON object a line")
    private boolean json;

    @Option(names = "--estimate", description = "time and memory of each, as the doctor estimates them for this machine")
    private boolean estimate;

    @Option(names = "--collect", description = "write tables, report and manifests of what is done, and say what is missing")
    private boolean collect;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Units units = options.units();
        if (collect) {
            return Collecting.collect(units, out) ? 0 : 1;
        }
        UnitList.print(units, json, estimate, out::println);
        out.flush();
        return 0;
    }
}
