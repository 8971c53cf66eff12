package gift.units;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/**
 * What a file comes to, cut into numbered units: the runs of a study, or the batches of a generation. A number always means
 * the same work: it depends on the file, never on what is done already.
 */
public interface Units {
    /** Of the work, as a name of files and jobs may be: letters, digits, ., _ and -. */
    String name();

    /** How many there are. */
    int size();

    /** What a unit is, in words without spaces: "order_I/gift/1", "MNIST/7.5/3". */
    String id(int index);

    /** The units that are done, by what lies on the disk. */
    BitSet done();

    /** Whether one is done, by what lies on the disk. */
    boolean isDone(int index);

    /** Whether a process works on one that did not begin it as a unit. */
    default boolean isHeld(int index) {
        return false;
    }

    /** The folder above that of the records; a hidden folder in it is for them. */
    Path above();

    /**
     * Before several processes begin: refuses what is wrong for all of them, and writes what they would write at the same time.
     *
     * @throws gift.io.InputException if settings, data or models are not valid
     */
    void prepare();

    /** Does some of them by {@link Session#attempt}, what they share opened once. */
    void work(List<Integer> indices, Session session);

    /**
     * Makes of what is done the tables, reports and manifests.
     *
     * @param out for what the user is to see
     */
    void collect(PrintWriter out);
}
