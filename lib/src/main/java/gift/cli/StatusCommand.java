package gift.cli;

import gift.io.Json;
import gift.units.Status;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How far the units are. */
@Command(name = "status", description = "How many units of a file are done, running, failed and left, from their folders alone.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private UnitOptions options;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Status status = Status.of(options.units());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.write(status));
        } else {
            out.println(status.line());
            status.failed().forEach(one -> out.println("failed: unit " + one.index() + ", " + one.id() + ", tried " + one.tries()
                    + (one.tries() == 1 ? " time: " : " times: ") + one.message()));
        }
        out.flush();
        return 0;
    }
}
