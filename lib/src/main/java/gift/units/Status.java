package gift.units;

import gift.units.UnitRecord.State;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * How far the units of a file are, from their folders alone.
 *
 * @param units how many there are
 * @param done by what lies on the disk, whoever did it
 * @param running held by a process now
 * @param failed whose last attempt failed
 * @param left that nobody works on: not tried, or stopped or killed on the way
 */
public record Status(int units, int done, List<Integer> running, List<Failure> failed, int left) {

    /** A unit whose last attempt failed, after so many. */
    public record Failure(int index, String id, int tries, String message) {}

    /** Looks. Only of units that are neither done nor untouched a lock is tried. */
    public static Status of(Units units) {
        Records records = new Records(units);
        BitSet done = units.done();
        if (!records.isBegun()) {
            return new Status(units.size(), done.cardinality(), List.of(), List.of(), units.size() - done.cardinality());
        }
        State[] states = records.states();
        List<Integer> running = new ArrayList<>();
        List<Failure> failed = new ArrayList<>();
        try (UnitLocks locks = new UnitLocks(records.folder())) {
            for (int i = done.nextClearBit(0); i < states.length; i = done.nextClearBit(i + 1)) {
                if (states[i] != null && locks.isHeld(i) || units.isHeld(i)) {
                    running.add(i);
                } else if (states[i] == State.FAILED) {
                    UnitRecord record = records.read(i);
                    failed.add(new Failure(i, record.id(), record.attempts().size(), record.last().message()));
                }
            }
        }
        return new Status(states.length, done.cardinality(), running, failed,
                states.length - done.cardinality() - running.size() - failed.size());
    }

    /** "12 of 20 done, 2 running, 1 failed, 5 left". */
    public String line() {
        return done + " of " + units + " done, " + running.size() + " running, " + failed.size() + " failed, " + left + " left";
    }
}
