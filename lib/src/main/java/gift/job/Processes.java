package gift.job;

import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.train.Stop;
import gift.train.Workers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The processes of a job: this program once more, each with one thread of the engine. When this process goes away, even by
 * kill -9, they end at their next checkpoint ({@link Stop#withParent}).
 */
final class Processes implements AutoCloseable {
    static final int BAD_INPUT = 2;    // exit code of what the user can mend
    static final long LOOK = 500;      // milliseconds between looks at the processes
    private static final long PATIENCE = 100; // seconds for a step and a checkpoint

    private final String mainClass;
    private final Path logs;
    private final List<One> all = new ArrayList<>();

    /** One of them. What it prints on its standard output are the ids of the runs that it begins. */
    static final class One {
        private final Process process;
        private final Path log;
        private final String device;
        private volatile String run;

        private One(Process process, Path log, String device) {
            this.process = process;
            this.log = log;
            this.device = device;
            Thread reader = new Thread(this::read, "worker");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    run = line;
                }
            } catch (IOException e) {
                // it is gone; its exit code says how
            }
        }

        boolean isAlive() {
            return process.isAlive();
        }

        int code() {
            return process.exitValue();
        }

        /** The run that it began last; null before the first. */
        String run() {
            return run;
        }

        Path log() {
            return log;
        }

        /** The last line of its log, which says why it ended. */
        String lastLine() {
            try {
                List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8).stream().filter(l -> !l.isBlank()).toList();
                return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1).strip();
            } catch (IOException e) {
                return "its log cannot be read";
            }
        }
    }

    /**
     * @param mainClass of this program
     * @param logs folder of what they print on the error stream
     */
    Processes(String mainClass, Path logs) {
        this.mainClass = mainClass;
        this.logs = logs;
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new InputException("cannot make the folder " + logs + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** The device that the fewest of some processes have, the first of equals; null where there are none to share out. */
    static String freeDevice(List<String> devices, List<One> processes) {
        return devices.stream().min(Comparator.comparingLong(device ->
                processes.stream().filter(one -> device.equals(one.device)).count())).orElse(null);
    }

    /** Waits a moment; ends where the user asks for it. */
    static void pause() {
        Stop.pause(LOOK);
    }

    /**
     * Starts one with these arguments.
     *
     * @param device that it is to take, or null
     */
    One start(String name, List<String> arguments, String device) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-D" + Stop.PARENT + "=" + ProcessHandle.current().pid(),
                "-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        if (device != null) {
            command.addAll(List.of("--device", device));
        }
        Path log = logs.resolve(name + "-" + (all.size() + 1) + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().putIfAbsent(Workers.VARIABLE, "1");
        // threads that spin while they wait take the time of the other processes
        builder.environment().putIfAbsent("OMP_WAIT_POLICY", "passive");
        try {
            One one = new One(builder.start(), log, device);
            all.add(one);
            return one;
        } catch (IOException e) {
            throw new InputException("cannot start " + command.get(0) + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** Ends those that are left, at their checkpoints. */
    @Override
    public void close() {
        all.forEach(one -> one.process.destroy());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        for (One one : all) {
            try {
                if (!one.process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    one.process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                one.process.destroyForcibly();
            }
        }
    }
}
