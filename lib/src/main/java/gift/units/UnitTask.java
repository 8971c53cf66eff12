package gift.units;

import gift.io.InputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What one task of a scheduler's array does, and the exit code that tells the scheduler what came of it. */
public final class UnitTask {
    /** A unit is held by another process; the same task may be begun again later (EX_TEMPFAIL of sysexits.h). */
    public static final int HELD = 75;
    /** A unit fails of what the user can mend. */
    public static final int WRONG_INPUT = 2;

    private UnitTask() {}

    /**
     * Does the units of a task.
     *
     * @param index of the task; null for what the scheduler says
     * @param pack units of a task
     * @param expected fingerprint of the list of units as it was submitted; null where none was
     * @param submitter whether a process on another machine waits for the units and holds a lock, which must be seen here
     * @param wait for units that other processes hold
     * @return 0, {@link #HELD} or {@link #WRONG_INPUT}
     * @throws InputException if there is no such task, or the units are not those that were submitted
     * @throws RuntimeException the first failure of a unit, if it is a defect
     */
    public static int run(Units units, Integer index, int pack, String expected, boolean submitter, Duration wait,
            Consumer<String> line) {
        InputException.require(pack >= 1, "--pack " + pack + " must be at least 1");
        Records records = new Records(units);
        if (expected != null && !expected.equals(records.fingerprint())) {
            throw new InputException("the file has other units than when it was submitted (" + records.fingerprint() + ", not "
                    + expected + "): undo the change, or submit it again");
        }
        if (expected != null && !records.isBegun()) {
            throw new InputException(records.folder() + " is not there on " + host() + ", though gift submit has made it: do the"
                    + " nodes share this folder?");
        }
        if (submitter) {
            requireSubmitter(records);
        }
        List<Integer> mine = Batch.units(index != null ? index : Batch.index(System.getenv()), pack, units.size());
        if (!records.isBegun()) {
            units.prepare();
            records.begin();
        }
        try (Session session = new Session(units, records, wait, line)) {
            return switch (session.run(mine)) {
                case DONE -> 0;
                case HELD -> HELD;
                case WRONG_INPUT -> WRONG_INPUT;
                case FAILED -> throw session.failure();
            };
        }
    }

    private static void requireSubmitter(Records records) {
        try (UnitLocks locks = new UnitLocks(records.folder())) {
            InputException.require(locks.isSubmitted(), host() + " does not see the lock that gift submit holds in " + records.folder()
                    + ": locks must reach from machine to machine (NFS without nolock, Lustre with flock)");
        }
    }

    /** "node7", for messages. */
    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "this machine";
        }
    }
}
