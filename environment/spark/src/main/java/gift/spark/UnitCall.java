package gift.spark;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/**
 * What an executor does of a task: it starts {@code gift unit} as a process of its own, which ends at its next checkpoint when
 * the executor goes away. Results go into the shared folder; an {@link Ended} is all that goes to the driver.
 */
final class UnitCall implements Function<Integer, Ended> {
    private static final int WRONG_INPUT = 2;
    private static final long LOOK = 500;         // milliseconds
    private static final int TAIL = 4096;         // bytes of a log

    private final ArrayList<String> command;
    private final String folder;
    private final String logs;
    private final int cpus;

    /**
     * @param command and arguments that do a task, but for its index
     * @param folder in which it is started
     * @param logs folder of what the tasks print: 0.log, 1.log, ...
     * @param cpus of a task
     */
    UnitCall(List<String> command, String folder, String logs, int cpus) {
        this.command = new ArrayList<>(command);
        this.folder = folder;
        this.logs = logs;
        this.cpus = cpus;
    }

    @Override
    public Ended call(Integer index) throws IOException, InterruptedException {
        for (String path : List.of(folder, logs)) {
            if (!Files.isDirectory(Path.of(path))) {
                return new Ended(index, WRONG_INPUT, path + " is not there on " + host() + ": do the nodes share this folder?");
            }
        }
        Path log = Path.of(logs, index + ".log");
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("--index", index.toString()));
        ProcessBuilder builder = new ProcessBuilder(all).directory(Path.of(folder).toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        environment(builder.environment());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Ended(index, WRONG_INPUT, "cannot start " + command.get(0) + " on " + host() + ": " + e.getMessage());
        }
        try {
            while (!process.waitFor(LOOK, TimeUnit.MILLISECONDS)) {
                if (TaskContext.get().isInterrupted()) {
                    process.destroy(); // it writes a checkpoint
                }
            }
        } finally {
            process.destroy();
        }
        int code = process.exitValue();
        return new Ended(index, code, code == 0 ? null : lastLine(log));
    }

    private void environment(Map<String, String> environment) {
        TaskContext task = TaskContext.get();
        var gpus = task.resourcesJMap().get("gpu");
        environment.keySet().removeIf(name -> name.matches("_?SPARK_.*|GIFT_SPARK_.*")); // the secret is one of them
        if (gpus != null) {
            environment.put("CUDA_VISIBLE_DEVICES", String.join(",", gpus.addresses()));
        }
        environment.put("OMP_NUM_THREADS", gpus != null ? "1" : Integer.toString(cpus));
        environment.put("GIFT_WORKERS", Integer.toString(Math.max(1, cpus - 1)));
        environment.put("OMP_WAIT_POLICY", "passive");
        environment.merge("GIFT_JAVA_OPTS", "-Dgift.parent=" + ProcessHandle.current().pid(), (own, parent) -> own + " " + parent);
        environment.put("GIFT_JOB", "spark " + SparkEnv.get().conf().getAppId() + " executor " + SparkEnv.get().executorId() + " task "
                + task.partitionId() + "." + task.attemptNumber());
    }

    private static String host() throws IOException {
        return InetAddress.getLocalHost().getHostName();
    }

    private static String lastLine(Path log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - TAIL));
            byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(tail);
            String[] lines = new String(tail, StandardCharsets.UTF_8).strip().split("\\R");
            return lines[lines.length - 1].replaceFirst("^gift: ", "");
        }
    }
}
