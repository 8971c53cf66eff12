package gift.cli;

import gift.units.UnitTask;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Does one unit, or a pack of them. */
@Command(name = "unit", description = "Do one unit of gift units; nothing if it is done. Exit code 0: done, 2: wrong input, 75: held"
        + " by another process, 130: stopped at a checkpoint.")
final class UnitCommand implements Callable<Integer> {
    @Mixin
    private UnitOptions options;

    @Option(names = "--index", paramLabel = "I", description = "its number from 0 (default: SLURM_ARRAY_TASK_ID,"
            + " JOB_COMPLETION_INDEX, PBS_ARRAY_INDEX, or SGE_TASK_ID less 1)")
    private Integer index;

    @Option(names = "--pack", paramLabel = "K", defaultValue = "1", description = "K units: those from I x K on")
    private int pack;

    @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "60",
            description = "for a unit that another process holds, before giving up (default ${DEFAULT-VALUE})")
    private long wait;

    @Option(names = "--expect", paramLabel = "FINGERPRINT", description = "of the list of units that was submitted")
    private String expect;

    @Option(names = "--submitter", hidden = true, description = "the lock that gift submit holds must be seen")
    private boolean submitter;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        return UnitTask.run(options.units(), index, pack, expect, submitter, Duration.ofSeconds(wait), Gift.lines(spec));
    }
}
