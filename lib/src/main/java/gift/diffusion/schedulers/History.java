package gift.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import gift.tensor.Scopes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** The latest arrays of a sampling run, newest first; copies that outlive the scope of the step that made them. */
final class History implements AutoCloseable {
    private final int most;
    private final Deque<NDArray> arrays = new ArrayDeque<>();

    History(int most) {
        this.most = most;
    }

    void add(NDArray array) {
        arrays.addFirst(Scopes.outside(array::duplicate));
        if (arrays.size() > most) {
            arrays.removeLast().close();
        }
    }

    int size() {
        return arrays.size();
    }

    /** The array of so many additions ago; 0 for the newest. */
    NDArray get(int ago) {
        Iterator<NDArray> newestFirst = arrays.iterator();
        for (int i = 0; i < ago; i++) {
            newestFirst.next();
        }
        return newestFirst.next();
    }

    @Override
    public void close() {
        arrays.forEach(NDArray::close);
        arrays.clear();
    }
}
