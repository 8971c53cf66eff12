package gift.train;

import gift.io.InputException;
import java.util.concurrent.ExecutionException;

/** Threads that make images in the background: how many there are, and what they throw. */
public final class Workers {
    /** The environment variable that sets the number. */
    public static final String VARIABLE = "GIFT_WORKERS";
    /** More are not started unasked: each holds a batch in memory. */
    private static final int MOST = 8;

    private Workers() {}

    /** What {@link #VARIABLE} says, else one for each core but one, between 1 and 8. It changes no value. */
    public static int count() {
        return count(System.getenv(VARIABLE), Runtime.getRuntime().availableProcessors());
    }

    static int count(String wanted, int cores) {
        if (wanted == null || wanted.isBlank()) {
            return Math.max(1, Math.min(MOST, cores - 1));
        }
        if (!wanted.strip().matches("[1-9][0-9]{0,2}")) {
            throw new InputException(VARIABLE + " '" + wanted + "' must be a number of threads from 1 to 999");
        }
        return Integer.parseInt(wanted.strip());
    }

    /** What work on another thread threw, to be thrown on this one. */
    public static RuntimeException thrown(ExecutionException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
}
