package gift.bench;

import gift.io.InputException;

/**
 * How often something is timed.
 *
 * @param warmup calls before, which are not counted: the first one takes memory from the system and loads kernels
 * @param count calls that are counted
 */
public record Repeats(int warmup, int count) {
    public Repeats {
        if (warmup < 0 || count < 1) {
            throw new InputException("warmup " + warmup + " must not be negative, and repeats " + count + " must be at least 1");
        }
    }

    int all() {
        return warmup + count;
    }
}
