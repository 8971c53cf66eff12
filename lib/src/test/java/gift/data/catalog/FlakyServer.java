package gift.data.catalog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A local web server that a test tells how to misbehave. */
public final class FlakyServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** The paths and ranges of all requests so far: {@code "/a bytes=5-"}, or the path alone. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    /** What a request is answered with. */
    @FunctionalInterface
    public interface Answer {
        void to(HttpExchange exchange, int start) throws Exception;
    }

    public FlakyServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.start();
    }

    /** Answers requests for a path; {@code start} is the first byte that is asked for, 0 without a range. */
    public FlakyServer on(String path, Answer answer) {
        server.createContext(path, exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            requests.add(exchange.getRequestURI().getPath() + (range == null ? "" : " " + range));
            int start = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
            try {
                answer.to(exchange, start);
            } catch (Exception e) {
                throw new IOException(e);
            } finally {
                exchange.close();
            }
        });
        return this;
    }

    /** A well-behaved file that knows ranges. */
    public FlakyServer file(String path, byte[] content) {
        return on(path, (exchange, start) -> send(exchange, content, start, content.length, "\"v1\""));
    }

    /**
     * Sends the bytes {@code start .. end - 1} of a file, and breaks off there if it is longer.
     *
     * @param tag entity tag, or null
     */
    public static void send(HttpExchange exchange, byte[] content, int start, int end, String tag) throws IOException {
        if (tag != null) {
            exchange.getResponseHeaders().set("ETag", tag);
        }
        if (start >= content.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        String wanted = exchange.getRequestHeaders().getFirst("If-Range");
        int from = wanted != null && !wanted.equals(tag) ? 0 : start;
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        exchange.getResponseBody().write(Arrays.copyOfRange(content, from, Math.max(from, end)));
        exchange.getResponseBody().flush();
    }

    public URI uri(String path) {
        return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + path);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
