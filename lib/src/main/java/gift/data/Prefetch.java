package gift.data;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Makes the batches of the next iterations on another thread while the current one trains. */
public final class Prefetch<T> implements AutoCloseable {
    private static final int DEPTH = 2;

    private final IntFunction<T> maker;
    private final int end;
    private final ExecutorService thread;
    private final Map<Integer, Future<T>> pending = new HashMap<>();

    /** @param end no batch of this number or beyond is made */
    public Prefetch(IntFunction<T> maker, int end) {
        this.maker = maker;
        this.end = end;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread t = new Thread(work, "batches");
            t.setDaemon(true);
            return t;
        });
    }

    /** The batch of an iteration. What its maker throws is thrown here. */
    public T get(int iteration) {
        for (int i = iteration; i <= Math.min(iteration + DEPTH, end - 1); i++) {
            int number = i;
            pending.computeIfAbsent(i, k -> thread.submit(() -> maker.apply(number)));
        }
        try {
            return pending.remove(iteration).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
