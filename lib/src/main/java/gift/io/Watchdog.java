package gift.io;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Closes something that has been silent for too long, so that whoever waits for it goes on with an exception. */
final class Watchdog implements AutoCloseable {
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "downloads");
        thread.setDaemon(true);
        return thread;
    });

    private final long limit;
    private final ScheduledFuture<?> watch;
    private volatile long last = System.nanoTime();

    Watchdog(Closeable watched, Duration limit) {
        this.limit = limit.toNanos();
        long often = Math.max(1, limit.toMillis() / 4);
        this.watch = CLOCK.scheduleAtFixedRate(() -> check(watched), often, often, TimeUnit.MILLISECONDS);
    }

    private void check(Closeable watched) {
        if (System.nanoTime() - last > limit) {
            try {
                watched.close();
            } catch (IOException ignored) {
                // it is closed for being broken
            }
        }
    }

    /** It is not silent. */
    void alive() {
        last = System.nanoTime();
    }

    @Override
    public void close() {
        watch.cancel(false);
    }
}
