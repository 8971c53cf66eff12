package gift.spark;

import java.io.Serializable;

/**
 * How a task ended.
 *
 * @param code exit code of {@code gift unit}
 * @param message the last line that it printed; null if it is done
 */
record Ended(int index, int code, String message) implements Serializable {}
