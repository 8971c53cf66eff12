package gift.cli;

import gift.io.InputException;
import gift.units.Kubernetes;
import gift.units.Slurm;
import gift.units.Spark;
import gift.units.Submission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
    private static final int PODS = 100; // of Kubernetes at the same time

    @Mixin
    private UnitOptions options;

    @Option(names = "--to", required = true, paramLabel = "CLUSTER",
            description = "slurm, kubernetes (with --dry), or spark://HOST:PORT, whose end it waits for")
    private String to;

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
        String cluster = to.toLowerCase(Locale.ROOT);
        if (Spark.isMaster(cluster)) {
            return spark(cluster);
        }
        InputException.require(cluster.equals("slurm") || cluster.equals("kubernetes"), "--to " + to
                + " must be slurm, kubernetes or spark://HOST:PORT");
        if (cluster.equals("slurm")) {
            Slurm slurm = new Slurm(gpus, cpus, minutes, megabytes, together, further);
            submission(minutes == 0 || megabytes == 0).slurm(slurm, dry).forEach(Gift.lines(spec));
            return 0;
        }
        InputException.require(dry, "to Kubernetes only with --dry: give what it prints to kubectl apply -f -");
        Kubernetes kubernetes = new Kubernetes(image, claim, mount == null ? Path.of("").toAbsolutePath().toString() : mount,
                gpus, cpus, megabytes, together == 0 ? PODS : together);
        submission(megabytes == 0).kubernetes(kubernetes).forEach(Gift.lines(spec));
        return 0;
    }

    private int spark(String master) {
        InputException.require(minutes == 0 && further.isEmpty(), "--time and --sbatch are for Slurm; Spark has no limit of time");
        String home = System.getenv("SPARK_HOME");
        Path built = Installation.find(Path.of("environment/spark")).resolve("target").toAbsolutePath();
        Spark spark = new Spark(master, built.resolve("gift-spark.jar"), home == null ? built.resolve("home") : Path.of(home),
                gpus, cpus, megabytes, together);
        if (!dry) {
            spark.require();
        }
        Submission submission = submission(megabytes == 0);
        if (dry) {
            submission.sparkCommands(spark).forEach(Gift.lines(spec));
            return 0;
        }
        return submission.spark(spark, spec.commandLine().getOut());
    }

    private Submission submission(boolean incomplete) {
        Path command = Installation.find(gift);
        InputException.require(Files.exists(command) || gift.isAbsolute(), "--gift " + gift + " is not here: name the program as the"
                + " nodes find it, by a path from /");
        String program = Files.exists(command) ? command.toAbsolutePath().normalize().toString() : gift.toString();
        return new Submission(options.file(), options.units(), pack, incomplete && !noEstimate,
                new Submission.Program(List.of(program), options.arguments(), Path.of("").toAbsolutePath()));
    }
}
