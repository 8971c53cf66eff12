package gift.data.catalog;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/**
 * What comes in answer to one request: the head is judged, and the body goes to the part file as it arrives, so that
 * nothing of it is lost when the connection breaks.
 */
final class Arrival implements BodyHandler<Void> {
    private final long size;
    private final long start;
    private final PartFile part;
    private final LongConsumer progress;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private volatile long last = System.nanoTime();
    private volatile long total = -1;        // bytes of the whole file, as the server says
    private volatile boolean nothingMissing;
    private boolean over;                    // what still comes is left

    /** @param size that is stated of the file; -1 if none is */
    Arrival(long size, PartFile part, LongConsumer progress) throws IOException {
        this.size = size;
        this.start = part.size();
        this.part = part;
        this.progress = progress;
    }

    @Override
    public synchronized BodySubscriber<Void> apply(ResponseInfo head) {
        last = System.nanoTime();
        try {
            if (!over && judge(head)) {
                return BodySubscribers.ofByteArrayConsumer(this::write);
            }
        } catch (IOException | RuntimeException e) {
            failure.completeExceptionally(e);
        }
        return BodySubscribers.replacing(null);
    }

    /** Whether the body is wanted. */
    private boolean judge(ResponseInfo head) throws IOException {
        total = HttpAnswer.total(head, start);
        switch (head.statusCode()) {
            case 200 -> {
                part.clear();
                part.remember(HttpAnswer.validator(head));
            }
            case 206 -> {
                if (HttpAnswer.start(head) != start) {
                    part.clear();
                    throw new IOException("the server sent another part than was asked for");
                }
            }
            case 416 -> {
                nothingMissing = total == start && (size < 0 || size == start);
                if (!nothingMissing) {
                    part.clear();
                    throw new IOException("the server has fewer than " + start + " bytes");
                }
                return false;
            }
            default -> HttpAnswer.refuse(head.statusCode());
        }
        if (size >= 0 && total >= 0 && total != size) {
            part.clear();
            throw new Download.Final("the file there has " + total + " bytes, not " + size + ": it has changed");
        }
        part.requireRoom(total < 0 ? size : total);
        return true;
    }

    private synchronized void write(Optional<byte[]> bytes) {
        if (over || bytes.isEmpty()) {
            return;
        }
        last = System.nanoTime();
        try {
            part.append(ByteBuffer.wrap(bytes.get()));
            progress.accept(part.size());
        } catch (IOException e) {
            over = true;
            failure.completeExceptionally(e);
        }
    }

    /** From now on the part file is left alone, whatever still comes. */
    synchronized void stop() {
        over = true;
    }

    /**
     * Waits for the end of the body.
     *
     * @throws IOException if the head is refused, the connection breaks, or nothing comes for as long as {@code silence}
     */
    void await(CompletableFuture<?> answer, Duration silence) throws IOException {
        CompletableFuture<Object> end = CompletableFuture.anyOf(failure, answer);
        while (true) {
            try {
                end.get(Math.max(1, silence.toMillis() / 4), TimeUnit.MILLISECONDS);
                if (failure.isDone()) { // and the body has ended as well
                    failure.get();
                }
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - last > silence.toNanos()) {
                    throw new IOException("the server fell silent");
                }
            } catch (InterruptedException e) {
                throw Download.interrupted();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
            }
        }
    }

    /** Whether the file is whole, after the end of the body. */
    boolean complete() throws IOException {
        return nothingMissing
                || (total < 0 ? size < 0 || part.size() == size : part.size() >= total);
    }
}
