package gift.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;

/**
 * Maps over the tasks of {@code gift submit FILE --to spark://host:port}, which starts this program and reads what it prints.
 * A task whose units another process holds, or that was stopped at a checkpoint, is begun again; one whose process was killed
 * once more; one that failed is reported, and the others go on. Exit code 0: all done, 2: wrong input, 1: anything else.
 */
public final class Driver {
    private static final int WRONG_INPUT = 2;
    private static final int HELD = 75;     // of gift unit, as environment/cluster.md has them
    private static final int STOPPED = 130;
    private static final int KILLED = 128;  // and above: by a signal
    private static final int TRIES = 2;     // of a task whose process is killed
    private static final int SHOWN = 20;    // failures by message
    private static final long LOOK = 500;         // milliseconds
    private static final long NO_EXECUTOR = 30_000;

    private static volatile boolean accepted; // the master has given this application an executor

    private Driver() {}

    /**
     * @param args number of tasks, cores of a task, folder of logs, folder to start in, then the command that does a task but
     *     for its index
     */
    public static void main(String[] args) {
        endWithParent();
        int code;
        try {
            int tasks = Integer.parseInt(args[0]);
            int cpus = Integer.parseInt(args[1]);
            List<String> command = Arrays.asList(args).subList(4, args.length);
            SparkConf conf = new SparkConf();
            String secret = secret();
            if (secret != null) {
                conf.set("spark.authenticate", "true").set("spark.authenticate.secret", secret);
            }
            try (JavaSparkContext context = new JavaSparkContext(conf)) {
                context.sc().addSparkListener(new SparkListener() {
                    @Override
                    public void onExecutorAdded(SparkListenerExecutorAdded added) {
                        accepted = true;
                    }
                });
                watchForExecutors(context, cpus);
                code = run(context, tasks, new UnitCall(command, args[3], args[2], cpus), args[2]);
            }
        } catch (Exception e) {
            String message = accepted ? String.valueOf(e.getMessage()).strip().replaceFirst("(?s)\\R.*", "")
                    : "the master gave it no executor; is the secret that of the cluster (GIFT_SPARK_SECRET_FILE or GIFT_SPARK_SECRET)?";
            System.out.println("Spark ended the application: " + message + " (driver.log says more)");
            code = 1;
        }
        System.out.flush();
        System.exit(code);
    }

    /** By a variable of the environment or a file, never by an argument, which everybody on the machine sees; null for none. */
    private static String secret() throws IOException {
        String file = System.getenv("GIFT_SPARK_SECRET_FILE");
        return file != null ? Files.readString(Path.of(file)).strip() : System.getenv("GIFT_SPARK_SECRET");
    }

    private static int run(JavaSparkContext context, int tasks, UnitCall call, String logs) {
        List<Integer> open = IntStream.range(0, tasks).boxed().toList();
        Map<Integer, Integer> killed = new HashMap<>();
        List<Ended> failed = new ArrayList<>();
        while (true) {
            List<Integer> again = new ArrayList<>();
            int held = 0;
            for (Ended ended : context.parallelize(open, open.size()).map(call).collect()) {
                int code = ended.code();
                if (code == HELD || code == STOPPED
                        || code > KILLED && killed.merge(ended.index(), 1, Integer::sum) < TRIES) {
                    again.add(ended.index());
                    held += code == HELD ? 1 : 0;
                } else if (code != 0) {
                    failed.add(ended);
                }
            }
            if (again.isEmpty()) {
                tell(failed, logs);
                return failed.isEmpty() ? 0 : failed.stream().allMatch(one -> one.code() == WRONG_INPUT) ? WRONG_INPUT : 1;
            }
            say(again.size() + " of " + tasks + " tasks are begun again" + (held == 0 ? "" : ", " + held
                    + " of them because another process holds a unit"));
            open = again;
        }
    }

    /** A line for each reason. */
    private static void tell(List<Ended> failed, String logs) {
        Map<String, List<Ended>> reasons = failed.stream().collect(Collectors.groupingBy(
                one -> "ended with code " + one.code() + ": " + one.message(), LinkedHashMap::new, Collectors.toList()));
        reasons.entrySet().stream().limit(SHOWN).forEach(reason -> say((reason.getValue().size() == 1 ? "task " : "tasks ")
                + reason.getValue().stream().limit(SHOWN).map(one -> Integer.toString(one.index())).collect(Collectors.joining(", "))
                + (reason.getValue().size() > SHOWN ? ", ... " : " ") + reason.getKey() + " (" + logs + ")"));
    }

    /** Says so where the cluster has no room: Spark itself would wait in silence. */
    private static void watchForExecutors(JavaSparkContext context, int cpus) {
        daemon("executors", () -> {
            for (long wait = NO_EXECUTOR; ; wait *= 2) {
                Thread.sleep(wait);
                if (accepted) {
                    return;
                }
                say("no executor yet: has a worker " + cpus + " free cores, " + context.getConf().get("spark.executor.memory", "1g")
                        + " of memory and " + context.getConf().get("spark.executor.resource.gpu.amount", "0") + " GPUs?");
            }
        });
    }

    /** Ends the application, whose units go on from their checkpoints, when gift submit goes away, however that ends. */
    private static void endWithParent() {
        long parent = Long.getLong("gift.parent", -1);
        daemon("parent", () -> {
            while (parent >= 0 && ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L) == parent) {
                Thread.sleep(LOOK);
            }
            if (parent >= 0) {
                System.exit(STOPPED);
            }
        });
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private static void daemon(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
