package gift.generate;

import gift.train.Workers;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes the images of a batch on a thread of its own while the model draws the next one: encoding them and waiting for the
 * disk then cost the model no time. At most one batch waits. To be used by one thread.
 */
final class ImageWriter implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread t = new Thread(work, "images");
        t.setDaemon(true);
        return t;
    });
    private Future<?> batch;

    /** Begins to write a batch when the one before is written; what that one threw is thrown here. */
    void write(Runnable work) {
        finish();
        batch = thread.submit(work);
    }

    private void finish() {
        if (batch == null) {
            return;
        }
        Future<?> last = batch;
        batch = null;
        boolean interrupted = false;
        while (true) {
            try {
                last.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // images that are drawn are written first
            } catch (ExecutionException e) {
                throw Workers.thrown(e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until all is written; what that threw is thrown here. */
    @Override
    public void close() {
        try {
            finish();
        } finally {
            thread.shutdown();
        }
    }
}
