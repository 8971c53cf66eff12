package gift.units;

import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.train.Stop;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Tasks on a cluster of Spark. A driver, a program of its own with Spark's classes ({@code environment/spark}), maps over them;
 * this process waits for it. The executors start {@code gift unit}. The secret of {@code spark.authenticate} is in a variable of
 * the environment or a file named by one, which the driver reads.
 *
 * @param master "spark://host:port"; several as "spark://host:port,host:port"
 * @param driver the jar of environment/spark
 * @param home folder of Spark, of the cluster's version, with its jars
 * @param gpus of a task, 0 for none
 * @param cpus of a task
 * @param megabytes of memory of a task; 0 for Spark's own
 * @param together tasks at the same time; 0 for as many as the cluster takes
 */
public record Spark(String master, Path driver, Path home, int gpus, int cpus, long megabytes, int together) {
    private static final String ADDRESS = "[^,:/\\s]+:\\d{1,5}";
    private static final int PATIENCE = 5000;    // milliseconds for a connection
    private static final long LOOK = 500;        // milliseconds between looks at the driver
    private static final int LEAST = 512;        // megabytes of an executor that Spark accepts
    private static final int MOST_FAILURES = 100; // of a task, each by the loss of its executor

    public Spark {
        InputException.require(isMaster(master), "--to " + master + " must be spark://host:port");
        InputException.require(gpus >= 0 && cpus >= 1 && megabytes >= 0 && together >= 0,
                "--gpus, --memory and --together must not be below 0, --cpus at least 1");
    }

    /** Whether this is the address of a cluster of Spark. */
    public static boolean isMaster(String to) {
        return to.matches("spark://" + ADDRESS + "(," + ADDRESS + ")*");
    }

    Spark withMegabytes(long other) {
        return new Spark(master, driver, home, gpus, cpus, other, together);
    }

    /**
     * Looks whether everything is there.
     *
     * @throws InputException if the master cannot be reached, the driver is not built or there is no Spark
     */
    public void require() {
        String reason = null;
        for (String address : master.substring("spark://".length()).split(",")) {
            int colon = address.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))), PATIENCE);
                reason = null;
                break;
            } catch (IOException | IllegalArgumentException e) {
                reason = e instanceof IOException io ? AtomicFiles.reason(io) : e.getMessage();
            }
        }
        InputException.require(reason == null, "Spark's master at " + master + " cannot be reached: " + reason);
        InputException.require(Files.exists(driver), "the driver " + driver + " is not built: in the clone, mvn -q -Pspark -pl"
                + " environment/spark package");
        try (Stream<Path> jars = Files.list(home.resolve("jars"))) {
            InputException.require(jars.anyMatch(jar -> jar.getFileName().toString().startsWith("spark-core_")), "no spark-core in "
                    + home.resolve("jars") + ": set SPARK_HOME to a Spark of the cluster's version");
        } catch (IOException e) {
            throw new InputException("no Spark in " + home + " (" + AtomicFiles.reason(e) + "): set SPARK_HOME to one of the cluster's"
                    + " version", e);
        }
    }

    /** The command that starts the driver. */
    List<String> command(Batch batch) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // it starts sooner, and has little to do
                "-D" + Stop.PARENT + "=" + ProcessHandle.current().pid(),
                "-cp", home.resolve("conf") + File.pathSeparator + home.resolve("jars") + File.separator + "*",
                "org.apache.spark.deploy.SparkSubmit", "--master", master, "--name", "gift-" + batch.name()));
        set(command, "task.cpus", cpus);
        set(command, "executor.cores", cpus); // an executor does one task at a time
        set(command, "task.maxFailures", MOST_FAILURES);
        if (megabytes > 0) {
            set(command, "executor.memory", Math.max(LEAST, megabytes) + "m"); // reserved; the task's own process takes it
        }
        if (gpus > 0) {
            set(command, "executor.resource.gpu.amount", gpus);
            set(command, "task.resource.gpu.amount", gpus);
        }
        if (together > 0) {
            set(command, "cores.max", together * cpus);
        }
        command.addAll(List.of("--class", "gift.spark.Driver", driver.toString(), Integer.toString(batch.tasks()),
                Integer.toString(cpus), batch.logs().toString(), batch.folder().toString()));
        command.addAll(batch.unit());
        command.addAll(List.of("--pack", Integer.toString(batch.pack()), "--expect", batch.fingerprint(), "--submitter"));
        return command;
    }

    private static void set(List<String> command, String key, Object value) {
        command.addAll(List.of("--conf", "spark." + key + "=" + value));
    }

    /**
     * Runs the driver to its end. What Spark says is in {@code driver.log} beside the tasks' logs.
     *
     * @param line is told what the driver prints
     * @return its exit code: 0 if all tasks are done
     * @throws Stop.Requested if the user ends it; the same units go on from there
     */
    int run(Batch batch, Consumer<String> line) {
        Process process = null;
        try {
            Files.createDirectories(batch.logs());
            process = new ProcessBuilder(command(batch))
                    .redirectError(ProcessBuilder.Redirect.appendTo(batch.logs().resolve("driver.log").toFile())).start();
            BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            while (process.isAlive() || lines.ready()) {
                if (lines.ready()) {
                    line.accept(lines.readLine());
                } else {
                    Stop.pause(LOOK);
                }
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new InputException("cannot start Spark's driver: " + AtomicFiles.reason(e), e);
        } finally {
            if (process != null) {
                process.destroy();
            }
        }
    }
}
