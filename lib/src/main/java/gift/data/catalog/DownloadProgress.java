package gift.data.catalog;

import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Says how far a download is, every few seconds. */
final class DownloadProgress implements LongConsumer {
    private static final long OFTEN = 10_000_000_000L; // ns

    private final String what;
    private final Long size;
    private final Consumer<String> log;
    private long last = System.nanoTime();

    /** @param size in bytes, or null */
    DownloadProgress(String what, Long size, Consumer<String> log) {
        this.what = what;
        this.size = size;
        this.log = log;
    }

    @Override
    public void accept(long bytes) {
        if (System.nanoTime() - last > OFTEN) {
            last = System.nanoTime();
            log.accept(what + ", " + (bytes >> 20) + (size == null ? "" : " of " + (size >> 20)) + " MiB");
        }
    }
}
