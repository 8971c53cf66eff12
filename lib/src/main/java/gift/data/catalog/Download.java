package gift.data.catalog;

import gift.io.AtomicFiles;
import gift.io.Checksum;
import gift.io.InputException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;

/**
 * Fetches one file over HTTP, verified before it has its name.
 *
 * <p>What has arrived lies in {@code <name>.part} beside the target, so that an interrupted download goes on where it
 * stopped, in this process or a later one: by a range request, on condition that the file is still the same ({@code
 * If-Range} with the validator in {@code <name>.part.tag}). A server that knows no ranges begins anew.
 *
 * <p>Broken connections, silence and the codes 408, 429 and 5xx are tried again after a pause, {@link Settings#tries}
 * times without a byte of progress; anything else ends with one line. At most two files of one host are fetched at a time.
 */
public final class Download {
    private static final int PER_HOST = 2;
    private static final Map<String, Semaphore> HOSTS = new ConcurrentHashMap<>();

    private final HttpClient client;
    private final Settings settings;

    /**
     * @param tries so many in a row without progress
     * @param pause before the second try; it doubles from try to try
     * @param silence after which a connection counts as broken
     */
    public record Settings(int tries, Duration pause, Duration silence) {
        public static final Settings DEFAULT = new Settings(6, Duration.ofSeconds(1), Duration.ofSeconds(60));
    }

    /**
     * A file elsewhere.
     *
     * @param size in bytes; -1 if its publisher states none
     * @param checksum of its content; null if its publisher states none
     */
    public record Remote(URI address, long size, Checksum checksum) {}

    /** What ends a download for good. */
    static final class Final extends IOException {
        private static final long serialVersionUID = 1;

        Final(String message) {
            super(message);
        }
    }

    public Download(Settings settings) {
        this.settings = settings;
        this.client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(20)).build();
    }

    /**
     * Fetches a file, unless it is there.
     *
     * @param progress is told the bytes of the file that have arrived, from time to time
     * @throws InputException in one line, if the file cannot be had or is not the one that is meant
     */
    public void fetch(Remote remote, Path target, LongConsumer progress) {
        if (Files.exists(target)) {
            return;
        }
        Semaphore host = HOSTS.computeIfAbsent(String.valueOf(remote.address.getAuthority()), name -> new Semaphore(PER_HOST));
        host.acquireUninterruptibly();
        try {
            fetchNow(remote, target, progress);
        } finally {
            host.release();
        }
    }

    private void fetchNow(Remote remote, Path target, LongConsumer progress) {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE); FileLock lock = lock(channel)) {
                if (lock == null) {
                    throw new Final("another process is fetching it to " + part);
                }
                if (!Files.exists(target)) { // still, now that nobody else can make it
                    PartFile pieces = new PartFile(part, channel);
                    if (!fill(remote, pieces, progress) && !fill(remote, pieces, progress)) {
                        throw new Final("pieces that do not fit together came twice; nothing was kept");
                    }
                    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
                    Files.deleteIfExists(PartFile.tag(part));
                }
            }
        } catch (Final e) {
            throw new InputException(remote.address + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot write " + part + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this process
        }
    }

    /**
     * Requests until the file is complete and verified. False if pieces did not come to the right content, perhaps of two
     * versions: they are thrown away.
     */
    private boolean fill(Remote remote, PartFile part, LongConsumer progress) throws IOException {
        boolean complete = remote.size >= 0 && part.size() == remote.size; // killed just before it had its name
        boolean pieces = part.size() > 0;
        long most = part.size();
        int failures = 0;
        while (!complete) {
            if (!part.resumable(remote.checksum != null)) {
                part.clear();
            }
            pieces |= part.size() > 0;
            String reason;
            try {
                complete = attempt(remote, part, progress);
                reason = "the connection broke off";
            } catch (Final e) {
                throw e;
            } catch (ConnectException e) { // which comes without words
                reason = "no connection";
            } catch (IOException e) {
                reason = AtomicFiles.oneLine(e);
            }
            failures = part.size() > most ? 0 : failures + 1; // a server without ranges begins anew again and again
            most = Math.max(most, part.size());
            if (!complete && failures >= settings.tries) {
                throw new Final(reason + "; tried " + failures + " times, what has arrived (" + part.size()
                        + " bytes) is kept for the next time");
            }
            if (!complete) {
                pause(settings.pause.toMillis() << Math.min(failures, 6));
            }
        }
        part.force();
        String wrong = part.difference(remote);
        if (wrong == null) {
            return true;
        }
        part.clear();
        if (!pieces) {
            throw new Final("what arrived has " + wrong + ": the file there is broken or has changed; it was thrown away");
        }
        return false;
    }

    /** One request. Whether the file is complete now; otherwise it broke off. */
    private boolean attempt(Remote remote, PartFile part, LongConsumer progress) throws IOException {
        long start = part.size();
        HttpRequest.Builder request = HttpRequest.newBuilder(remote.address).header("User-Agent", "gift-java")
                .header("Accept-Encoding", "identity");
        if (start > 0) {
            request.header("Range", "bytes=" + start + "-");
            part.validator().ifPresent(tag -> request.header("If-Range", tag));
        }
        Arrival arrival = new Arrival(remote.size, part, progress);
        CompletableFuture<?> answer = client.sendAsync(request.build(), arrival);
        try {
            arrival.await(answer, settings.silence);
        } finally {
            arrival.stop();
            answer.cancel(true);
        }
        return arrival.complete();
    }

    private static void pause(long millis) throws Final {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    static Final interrupted() {
        Thread.currentThread().interrupt();
        return new Final("interrupted; what has arrived is kept");
    }
}
