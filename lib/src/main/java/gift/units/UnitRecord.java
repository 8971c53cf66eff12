package gift.units;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who did a unit, where, and how often it was tried.
 *
 * @param id what the unit is
 * @param attempts in their order
 */
record UnitRecord(int index, String id, List<Attempt> attempts) {

    /** How an attempt ended, or that it has not: a process that is killed leaves it at STARTED. */
    enum State {
        STARTED, STOPPED, FAILED, DONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One process at work on the unit.
     *
     * @param host its name
     * @param process its number there
     * @param job what the scheduler calls it, "slurm 17_3", or GIFT_JOB says; null without one
     * @param started UTC
     * @param seconds until it ended; null as long as it has not
     * @param message why it failed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Attempt(State state, String host, long process, String job, String started, Double seconds, String message) {
        static Attempt begin() {
            return new Attempt(State.STARTED, thisHost(), ProcessHandle.current().pid(), schedulerJob(System.getenv()),
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), null, null);
        }

        Attempt ended(State how, double after, String why) {
            return new Attempt(how, host, process, job, started, Math.round(after * 1000) / 1000.0, why);
        }
    }

    Attempt last() {
        return attempts.get(attempts.size() - 1);
    }

    /** With one more attempt. */
    UnitRecord and(Attempt attempt) {
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(attempt);
        return new UnitRecord(index, id, all);
    }

    /** With another last attempt. */
    UnitRecord withLast(Attempt attempt) {
        return new UnitRecord(index, id, attempts.subList(0, attempts.size() - 1)).and(attempt);
    }

    private static String thisHost() {
        try {
            String node = System.getenv("SLURMD_NODENAME"); // several of one host in a cluster of pretended nodes
            return node == null ? InetAddress.getLocalHost().getHostName() : node;
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** What the scheduler calls this process. */
    static String schedulerJob(Map<String, String> env) {
        if (env.containsKey("SLURM_ARRAY_JOB_ID")) {
            return "slurm " + env.get("SLURM_ARRAY_JOB_ID") + "_" + env.get("SLURM_ARRAY_TASK_ID");
        }
        return env.containsKey("JOB_COMPLETION_INDEX") ? "kubernetes " + env.getOrDefault("HOSTNAME", "") : env.get("GIFT_JOB");
    }
}
