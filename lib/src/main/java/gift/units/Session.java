package gift.units;

import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.train.Stop;
import gift.units.UnitRecord.Attempt;
import gift.units.UnitRecord.State;
import java.nio.channels.FileLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One process that does units: each under its lock and with a record. A unit that is done is left alone, one that fails does
 * not keep the others from being done, and for one that another process holds it waits a while.
 */
public final class Session implements AutoCloseable {
    private static final long LOOK = 500; // milliseconds between looks at a unit that another process holds

    private final Units units;
    private final Records records;
    private final UnitLocks locks;
    private final Consumer<String> line;
    private final long patience; // nanoseconds for all units together
    private final List<RuntimeException> failures = new ArrayList<>();
    private final Set<Integer> failed = new LinkedHashSet<>();
    private final Set<Integer> held = new LinkedHashSet<>();
    private long waited;

    /** What came of it. A session that failed at several units names the first. */
    enum Outcome { DONE, HELD, WRONG_INPUT, FAILED }

    /**
     * @param wait for units that other processes hold
     * @param line is told of every unit
     */
    Session(Units units, Records records, Duration wait, Consumer<String> line) {
        this.units = units;
        this.records = records;
        this.locks = new UnitLocks(records.folder());
        this.line = line;
        this.patience = wait.toNanos();
    }

    /**
     * Does units, and says what came of it.
     *
     * @throws Stop.Requested if the user ends it; the same units go on from there
     */
    Outcome run(List<Integer> indices) {
        List<Integer> open = new ArrayList<>();
        for (int index : indices) {
            if (units.isDone(index)) {
                line.accept(name(index) + " is done already");
            } else {
                open.add(index);
            }
        }
        if (!open.isEmpty()) {
            units.work(open, this);
        }
        if (!failed.isEmpty()) {
            return failures.stream().allMatch(InputException.class::isInstance) ? Outcome.WRONG_INPUT : Outcome.FAILED;
        }
        return held.isEmpty() ? Outcome.DONE : Outcome.HELD;
    }

    /** The first failure that is a defect, else the first; null if there was none. */
    RuntimeException failure() {
        return failures.stream().filter(e -> !(e instanceof InputException)).findFirst()
                .orElse(failures.isEmpty() ? null : failures.get(0));
    }

    /**
     * Does one unit under its lock, unless it is done or another process holds it to the end of the patience.
     *
     * @param work of the unit; what it throws fails the unit, but for {@link Stop.Requested}
     */
    public void attempt(int index, Runnable work) {
        FileLock lock = locks.take(index);
        while (lock == null && waitAgain()) {
            lock = locks.take(index);
        }
        if (lock == null) {
            held(index);
            return;
        }
        try {
            if (units.isDone(index)) {
                line.accept(name(index) + " is done already");
            } else {
                record(index, work);
            }
        } finally {
            locks.release(lock);
        }
    }

    private void record(int index, Runnable work) {
        UnitRecord record = records.read(index).and(Attempt.begin());
        records.write(record);
        long start = System.nanoTime();
        try {
            work.run();
            write(record, State.DONE, start, null);
            line.accept(name(index) + " is done");
        } catch (Stop.Requested e) {
            write(record, State.STOPPED, start, null);
            throw e;
        } catch (RuntimeException e) {
            write(record, State.FAILED, start, message(e));
            tell(index, e);
        }
    }

    private void write(UnitRecord record, State state, long start, String message) {
        records.write(record.withLast(record.last().ended(state, (System.nanoTime() - start) / 1e9, message)));
    }

    /** A unit whose work could not even begin. */
    void failed(int index, RuntimeException e) {
        if (failed.contains(index)) {
            return;
        }
        FileLock lock = locks.take(index);
        if (lock != null) {
            try {
                UnitRecord record = records.read(index).and(Attempt.begin());
                write(record, State.FAILED, System.nanoTime(), message(e));
            } finally {
                locks.release(lock);
            }
        }
        tell(index, e);
    }

    private void tell(int index, RuntimeException e) {
        failed.add(index);
        failures.add(e);
        line.accept(name(index) + " failed: " + message(e));
    }

    private static String message(RuntimeException e) {
        return e instanceof InputException ? AtomicFiles.oneLine(e) : InputException.kindAndMessage(e);
    }

    /** A unit that another process holds. */
    void held(int index) {
        if (held.add(index)) {
            line.accept(name(index) + " is held by another process");
        }
    }

    boolean hasFailed(int index) {
        return failed.contains(index);
    }

    /** Waits a moment for other processes; false once the patience is at its end. */
    boolean waitAgain() {
        if (waited >= patience) {
            return false;
        }
        Stop.pause(LOOK);
        waited += Duration.ofMillis(LOOK).toNanos();
        return true;
    }

    private String name(int index) {
        return "unit " + index + ", " + units.id(index) + ",";
    }

    @Override
    public void close() {
        locks.close();
    }
}
