package gift.cli;

import gift.io.InputException;
import gift.units.Kubernetes;
import gift.units.Slurm;
import gift.units.Submission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives the units of a file to a cluster. */
@Command(name = "submit", description = "Give the units of a file to a cluster: an array, and behind it the collecting; images that"
        + " a study needs as an array of their own before it.")
final class SubmitCommand implements Callable<Integer> {
    enum Cluster { slurm, kubernetes }

    @Mixin
    private UnitOptions options;

    @Option(names = "--to", required = true, description = "slurm, or kubernetes (with --dry)")
    private Cluster to;

    @Option(names = "--dry", description = "print what would be submitted")
    private boolean dry;

    @Option(names = "--pack", paramLabel = "K", defaultValue = "1",
            description = "units of a task; more where an array of 1,001 tasks would not hold them")
    private int pack;

    @Option(names = "--gpus", paramLabel = "N", defaultValue = "1", description = "of a task (default ${DEFAULT-VALUE})")
    private int gpus;

    @Option(names = "--cpus", paramLabel = "N", defaultValue = "4", description = "of a task (default ${DEFAULT-VALUE})")
    private int cpus;

    @Option(names = "--time", paramLabel = "MINUTES", defaultValue = "0",
            description = "of a task (default: half as much again as the doctor estimates on this machine)")
    private long minutes;

    @Option(names = "--memory", paramLabel = "MB", defaultValue = "0", description = "of a task (default: likewise)")
    private long megabytes;

    @Option(names = "--no-estimate", description = "do not ask the doctor: the cluster's own limits where none are given")
    private boolean noEstimate;

    @Option(names = "--together", paramLabel = "N", defaultValue = "0", description = "at most so many tasks at the same time")
    private int together;

    @Option(names = "--sbatch", paramLabel = "OPTION", description = "a further option of sbatch, as --sbatch=--partition=long;"
            + " may be repeated")
    private List<String> further = List.of();

    @Option(names = "--image", description = "of Kubernetes: an image with this program at the same path")
    private String image;

    @Option(names = "--claim", description = "of Kubernetes: a volume claim that all nodes may write")
    private String claim;

    @Option(names = "--mount", paramLabel = "DIR", description = "of Kubernetes: where it is mounted (default: the current folder)")
    private String mount;

    @Option(names = "--gift", paramLabel = "COMMAND", defaultValue = "environment/gift",
            description = "this program as the nodes find it (default: ${DEFAULT-VALUE} of this clone)")
    private Path gift;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        InputException.require(pack >= 1, "--pack " + pack + " must be at least 1");
        InputException.require(to == Cluster.slurm || dry, "to Kubernetes only with --dry: give what it prints to kubectl apply -f -");
        Path here = Path.of("").toAbsolutePath();
        Slurm slurm = new Slurm(gpus, cpus, minutes, megabytes, together, further);
        Kubernetes kubernetes = to == Cluster.slurm ? null : new Kubernetes(image, claim, mount == null ? here.toString() : mount,
                gpus, cpus, megabytes, together == 0 ? 100 : together);
        Path command = Installation.find(gift);
        String program = Files.exists(command) ? command.toAbsolutePath().normalize().toString() : gift.toString();
        boolean estimate = !noEstimate && (minutes == 0 || megabytes == 0);
        Submission submission = new Submission(options.file(), options.units(), pack, estimate,
                new Submission.Program(List.of(program), options.arguments(), here));
        (kubernetes == null ? submission.slurm(slurm, dry) : submission.kubernetes(kubernetes)).forEach(Gift.lines(spec));
        return 0;
    }
}
