package gift.job;

import java.util.function.LongSupplier;

/** A count that takes long to find, such as that of the images in a folder: it is looked up again after a few seconds. */
final class Occasional {
    private static final long AGE = 3_000_000_000L; // nanoseconds

    private final LongSupplier count;
    private long value;
    private long until;
    private boolean known;

    Occasional(LongSupplier count) {
        this.count = count;
    }

    long get() {
        long now = System.nanoTime();
        if (!known || now - until > 0) {
            value = count.getAsLong();
            known = true;
            until = System.nanoTime() + AGE;
        }
        return value;
    }

    /** Looks it up at the next call. */
    void forget() {
        known = false;
    }
}
