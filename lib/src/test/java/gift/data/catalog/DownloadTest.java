package gift.data.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.Checksum;
import gift.data.catalog.Download.Remote;
import gift.io.Hashes;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that misbehaves: the right file or one clear line, and never a half file under its name. */
class DownloadTest {
    private static final byte[] CONTENT = bytes(1, 300_000);
    private static final byte[] OTHER = bytes(2, 300_000);

    @TempDir
    Path folder;

    private final FlakyServer server = new FlakyServer();
    private Download download = patient(Duration.ofSeconds(60)); // a busy machine is no silent server

    private static Download patient(Duration silence) {
        return new Download(new Download.Settings(3, Duration.ofMillis(1), silence));
    }

    private static byte[] bytes(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Path target() {
        return folder.resolve("file.bin");
    }

    private Path part() {
        return folder.resolve("file.bin.part");
    }

    /** With size and checksum. */
    private Remote stated(String path) {
        return new Remote(server.uri(path), CONTENT.length, new Checksum("sha256", Hashes.sha256(CONTENT)));
    }

    /** Of which nothing is known. */
    private Remote unstated(String path) {
        return new Remote(server.uri(path), -1, null);
    }

    private void fetch(Remote remote) {
        download.fetch(remote, target(), bytes -> {});
    }

    private void arrives(Remote remote) throws IOException {
        fetch(remote);
        assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
        try (var left = Files.list(folder)) {
            assertThat(left.toList()).containsExactly(target());
        }
        Files.delete(target());
    }

    private void fails(Remote remote, String... parts) {
        assertThatThrownBy(() -> fetch(remote)).isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts).hasMessageStartingWith(remote.address().toString())
                .message().doesNotContain("\n");
        assertThat(target()).doesNotExist();
    }

    @Test
    void aFileArrives() throws IOException {
        server.file("/a", CONTENT);
        arrives(stated("/a"));
        arrives(unstated("/a"));
        Checksum md5 = Checksum.of(Files.write(folder.resolve("file.bin"), CONTENT), "md5");
        Files.delete(target());
        arrives(new Remote(server.uri("/a"), -1, md5));
    }

    @Test
    void interruptedTenTimes() throws IOException {
        server.on("/a", (exchange, start) ->
                FlakyServer.send(exchange, CONTENT, start, Math.min(CONTENT.length, start + 28_000), "\"v1\""));
        arrives(stated("/a"));
        assertThat(server.requests.size()).isBetween(11, 40);
        assertThat(server.requests.get(1)).startsWith("/a bytes=");
        server.requests.clear();
        arrives(unstated("/a"));
        assertThat(server.requests.stream().filter(r -> r.equals("/a"))).hasSize(1); // all others go on
    }

    @Test
    void aLaterProcessGoesOn() throws IOException {
        AtomicInteger sent = new AtomicInteger();
        server.on("/a", (exchange, start) -> {
            if (sent.getAndIncrement() == 0) {
                FlakyServer.send(exchange, CONTENT, start, 100_000, "\"v1\"");
            } else {
                exchange.sendResponseHeaders(503, -1);
            }
        });
        server.file("/b", CONTENT);
        fails(stated("/a"), "answers 503", "tried 3 times", "kept for the next time");
        long kept = Files.size(part());
        assertThat(kept).isPositive();
        arrives(stated("/b"));
        assertThat(server.requests).endsWith("/b bytes=" + kept + "-");
    }

    @Test
    void aFileThatChangedBeginsAnew() throws IOException {
        Files.write(part(), Arrays.copyOf(OTHER, 5000));
        Files.writeString(folder.resolve("file.bin.part.tag"), "\"v0\"");
        server.file("/a", CONTENT);
        arrives(unstated("/a")); // If-Range
        Files.write(part(), Arrays.copyOf(OTHER, 5000)); // no tag: the checksum tells
        arrives(stated("/a"));
        Files.write(part(), Arrays.copyOf(OTHER, 5000)); // neither: not to be trusted
        server.requests.clear();
        arrives(unstated("/a"));
        assertThat(server.requests).containsExactly("/a");
    }

    @Test
    void aServerWithoutRanges() throws IOException {
        AtomicInteger sent = new AtomicInteger();
        server.on("/a", (exchange, start) -> FlakyServer.send(exchange, CONTENT, 0,
                sent.getAndIncrement() < 2 ? 50_000 : CONTENT.length, null));
        arrives(stated("/a"));
        sent.set(0);
        arrives(unstated("/a"));
    }

    @Test
    void refusals() {
        for (int status : List.of(400, 401, 403, 404, 410)) {
            server.on("/" + status, (exchange, start) -> exchange.sendResponseHeaders(status, -1));
            server.requests.clear();
            fails(stated("/" + status), "the server answers " + status);
            assertThat(server.requests).hasSize(1);
        }
        server.on("/500", (exchange, start) -> exchange.sendResponseHeaders(500, -1));
        server.requests.clear();
        fails(stated("/500"), "the server answers 500", "tried 3 times");
        assertThat(server.requests).hasSize(3);
        server.close();
        fails(stated("/nobody"), "no connection", "tried 3 times");
    }

    @Test
    void aServerThatRecovers() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        server.on("/a", (exchange, start) -> {
            if (asked.getAndIncrement() < 2) {
                exchange.sendResponseHeaders(asked.get() == 1 ? 500 : 429, -1);
            } else {
                FlakyServer.send(exchange, CONTENT, start, CONTENT.length, null);
            }
        });
        arrives(stated("/a"));
    }

    @Test
    void nothingMissing() throws IOException {
        server.file("/a", CONTENT);
        Files.write(part(), CONTENT);
        arrives(stated("/a"));
        assertThat(server.requests).isEmpty(); // killed just before it had its name
        Files.write(part(), CONTENT);
        Files.writeString(folder.resolve("file.bin.part.tag"), "\"v1\"");
        arrives(unstated("/a")); // 416, and the length fits
        Files.write(part(), Arrays.copyOf(OTHER, OTHER.length + 7));
        Files.writeString(folder.resolve("file.bin.part.tag"), "\"v1\"");
        arrives(unstated("/a")); // 416, and it does not
    }

    @Test
    void redirections() throws IOException {
        server.file("/there", CONTENT);
        server.on("/here", (exchange, start) -> {
            exchange.getResponseHeaders().set("Location", "/there");
            exchange.sendResponseHeaders(302, -1);
        });
        server.on("/circle", (exchange, start) -> {
            exchange.getResponseHeaders().set("Location", "/circle");
            exchange.sendResponseHeaders(302, -1);
        });
        arrives(stated("/here"));
        Files.write(part(), Arrays.copyOf(CONTENT, 1000));
        arrives(stated("/here"));
        assertThat(server.requests).contains("/there bytes=1000-");
        fails(stated("/circle"), "302");
    }

    @Test
    void wrongBytes() {
        server.file("/a", OTHER);
        fails(stated("/a"), "the checksum sha256:" + Hashes.sha256(OTHER), "not sha256:" + Hashes.sha256(CONTENT), "thrown away");
        assertThat(part()).isEmptyFile();
        AtomicInteger asked = new AtomicInteger();
        server.on("/b", (exchange, start) -> FlakyServer.send(exchange, asked.getAndIncrement() % 2 == 0 ? OTHER : CONTENT,
                start, start == 0 ? 100_000 : CONTENT.length, null)); // half of one, half of the other
        fails(stated("/b"), "do not fit together");
    }

    @Test
    void lengthsThatAreNotTrue() {
        server.file("/a", Arrays.copyOf(CONTENT, 299_000));
        fails(stated("/a"), "299000 bytes, not 300000");
        server.on("/b", (exchange, start) -> { // promises 300000, and ends a little earlier for ever
            FlakyServer.send(exchange, CONTENT, start, Math.max(start, 290_000), "\"v1\"");
        });
        fails(stated("/b"), "tried 3 times");
        server.on("/c", (exchange, start) -> { // another part than was asked for
            exchange.getResponseHeaders().set("Content-Range", "bytes 5-299999/300000");
            exchange.sendResponseHeaders(206, 10);
            exchange.getResponseBody().write(new byte[10]);
        });
        fails(stated("/c"), "another part");
    }

    @Test
    void aServerThatFallsSilent() throws IOException {
        download = patient(Duration.ofSeconds(2));
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        server.on("/a", (exchange, start) -> {
            if (asked.getAndIncrement() == 0) {
                FlakyServer.send(exchange, CONTENT, start, 70_000, "\"v1\"");
                done.await();
            } else {
                FlakyServer.send(exchange, CONTENT, start, CONTENT.length, "\"v1\"");
            }
        });
        arrives(stated("/a"));
        done.countDown();
        assertThat(server.requests).hasSizeGreaterThan(1);
    }

    @Test
    void atMostTwoPerHost() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        server.on("/", (exchange, start) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(30);
            now.decrementAndGet();
            FlakyServer.send(exchange, CONTENT, start, CONTENT.length, null);
        });
        var threads = Executors.newFixedThreadPool(6);
        List<Future<?>> all = IntStream.range(0, 6).<Future<?>>mapToObj(i ->
                threads.submit(() -> download.fetch(stated("/" + i), folder.resolve("f" + i), bytes -> {}))).toList();
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        assertThat(most).hasValue(2);
        assertThat(Files.readAllBytes(folder.resolve("f5"))).isEqualTo(CONTENT);
    }

    @Test
    void oneProcessAtATime() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        server.on("/a", (exchange, start) -> {
            begun.countDown();
            go.await();
            FlakyServer.send(exchange, CONTENT, start, CONTENT.length, null);
        });
        var thread = Executors.newSingleThreadExecutor();
        Future<?> first = thread.submit(() -> new Download(Download.Settings.DEFAULT).fetch(stated("/a"), target(), bytes -> {}));
        begun.await();
        fails(stated("/a"), "another process");
        go.countDown();
        first.get();
        thread.shutdown();
        assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    }

    @Test
    void checksums() {
        assertThatThrownBy(() -> Checksum.parse("abc")).isInstanceOf(InputException.class).hasMessageContaining("no checksum");
        assertThatThrownBy(() -> Checksum.parse("sha256:12")).isInstanceOf(InputException.class);
        assertThat(Checksum.parse("md5:D41D8CD98F00B204E9800998ECF8427E")).hasToString(
                "md5:d41d8cd98f00b204e9800998ecf8427e");
    }
}
