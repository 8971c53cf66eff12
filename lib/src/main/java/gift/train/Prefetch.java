package gift.train;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Makes the batches of the next iterations on other threads while the current one trains. Batches are asked for by their
 * numbers and made by their numbers, so that neither order nor values depend on how many threads there are; at most so
 * many as threads and one more are kept waiting.
 */
public final class Prefetch<T> implements AutoCloseable {
    private final IntFunction<T> maker;
    private final int end;
    private final int ahead;
    private final ExecutorService threads;
    private final Map<Integer, Future<T>> pending = new HashMap<>();

    /** As many threads as {@link Workers} says. */
    public Prefetch(IntFunction<T> maker, int end) {
        this(maker, end, Workers.count());
    }

    /**
     * @param maker called from several threads at once; its result depends on the number alone
     * @param end no batch of this number or beyond is made
     */
    public Prefetch(IntFunction<T> maker, int end, int workers) {
        this.maker = maker;
        this.end = end;
        this.ahead = workers + 1;
        this.threads = Executors.newFixedThreadPool(workers, work -> {
            Thread t = new Thread(work, "batches");
            t.setDaemon(true);
            return t;
        });
    }

    /**
     * The batch of an iteration, which is then forgotten. What its maker throws is thrown here. To be called from one
     * thread.
     */
    public T get(int iteration) {
        for (int i = iteration; i <= Math.min(iteration + (long) ahead, end - 1); i++) {
            int number = i;
            pending.computeIfAbsent(i, k -> threads.submit(() -> maker.apply(number)));
        }
        try {
            return pending.remove(iteration).get();
        } catch (ExecutionException e) {
            throw Workers.thrown(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch", e);
        }
    }

    /** Ends the threads, and waits for the batches that they are making. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
