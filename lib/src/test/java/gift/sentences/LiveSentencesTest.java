package gift.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gift.io.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live client against a server that answers slowly, wrongly, not at all, and half an answer. */
class LiveSentencesTest {
    private static final String KEY = "sk-secret-123";

    /** What the server does with question i, from 0. */
    private interface Behaviour {
        void answer(HttpExchange exchange, int i) throws IOException, InterruptedException;
    }

    @TempDir
    private Path folder;

    private final List<String> questions = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private Path record;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        record = folder.resolve("sentences.jsonl.record");
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void behave(Behaviour behaviour) {
        server.createContext("/v1/chat/completions", exchange -> {
            int i = questions.size();
            questions.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                    + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            try {
                behaviour.answer(exchange, i);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                exchange.close();
            }
        });
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static String answer(String content) {
        return "{\"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": \"" + content + "\"}}]}";
    }

    private LiveSentences source() {
        return source(Duration.ofSeconds(30), 3); // so long that a busy machine does not count as a silent server
    }

    private LiveSentences source(Duration patience, int attempts) {
        ChatSettings settings = ChatSettings.of("http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + "/v1/",
                KEY, "small-model").withPerMinute(60_000).withPatience(patience, attempts, Duration.ofMillis(5));
        return new LiveSentences(settings, record, () -> false);
    }

    private List<String> ask(int wanted) {
        return source().sentences("river", wanted).stream().map(Sentence::text).toList();
    }

    private InputException refused() {
        return catchThrowableOfType(InputException.class, () -> ask(4));
    }

    @Test
    void asksRecordsAndGoesOn() throws IOException {
        behave((exchange, i) -> send(exchange, 200, answer("1. \\\"sentence " + i + "\\\"\\nmore")));
        assertThat(ask(2)).containsExactly("sentence 0", "sentence 1");
        assertThat(questions.get(0)).contains("\"model\":\"small-model\"").contains("a photo of river").contains("Bearer " + KEY);
        Files.writeString(record, "{\"label\":\"river\",\"te\u00e9", StandardOpenOption.APPEND); // killed while it wrote
        assertThat(ask(4)).containsExactly("sentence 0", "sentence 1", "sentence 2", "sentence 3");
        assertThat(questions).hasSize(4);
        assertThat(Files.readAllLines(record)).hasSize(4);
        assertThat(Files.readString(record)).doesNotContain(KEY);
    }

    @Test
    void aServerThatIsSilentIsAskedAgain() {
        CountDownLatch end = new CountDownLatch(1);
        behave((exchange, i) -> {
            if (i == 0) {
                end.await();
            }
            send(exchange, 200, answer("sentence " + i));
        });
        String text = source(Duration.ofMillis(400), 50).sentences("river", 1).get(0).text();
        end.countDown();
        assertThat(text).isNotEqualTo("sentence 0").startsWith("sentence ");
    }

    @Test
    void wrongHalfAndNoAnswersAreAskedForAgain() {
        behave((exchange, i) -> {
            switch (i) {
                case 0 -> exchange.close(); // no answer
                case 1 -> send(exchange, 503, "overloaded");
                case 3 -> { // half an answer
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write("{\"choices\": [".getBytes(StandardCharsets.UTF_8));
                }
                case 4 -> send(exchange, 200, "<html>not json</html>");
                case 6 -> send(exchange, 200, answer(""));
                case 7 -> {
                    exchange.getResponseHeaders().add("Retry-After", "0");
                    send(exchange, 429, "too many");
                }
                default -> send(exchange, 200, answer("sentence " + i));
            }
        });
        assertThat(ask(3)).containsExactly("sentence 2", "sentence 5", "sentence 8");
    }

    @Test
    void givesUpInOneLineAndLosesNothing() throws IOException {
        behave((exchange, i) -> send(exchange, i < 2 ? 200 : 500, i < 2 ? answer("sentence " + i) : "no: " + KEY));
        InputException e = refused();
        assertThat(e.getMessage()).contains("gave no sentence for 'river' in 3 attempts: status 500").contains("go")
                .doesNotContain(KEY).doesNotContain("\n");
        assertThat(Files.readAllLines(record)).hasSize(2);
        assertThat(source().toString() + source().name()).doesNotContain(KEY);
    }

    @Test
    void aWrongKeyIsNotTriedAgain() {
        behave((exchange, i) -> send(exchange, 401, "bad key " + KEY));
        assertThat(refused().getMessage()).contains("status 401").contains("GIFT_CHAT_KEY").doesNotContain(KEY);
        assertThat(questions).hasSize(1);
    }

    @Test
    void noServerAndNoAddress() {
        server.stop(0);
        assertThat(refused().getMessage()).contains("in 3 attempts").contains("the same command goes on");
        assertThatThrownBy(() -> ChatSettings.of(null, null, "m")).isInstanceOf(InputException.class)
                .hasMessageContaining("GIFT_CHAT_URL").hasMessageContaining("not set");
    }

    @Test
    void aRecordOfAnotherModelIsRefused() {
        RecordedSentences.write(record, List.of(List.of(new Sentence("river", "a river.", "other"))));
        assertThatThrownBy(this::source).isInstanceOf(InputException.class).hasMessageContaining("sentences of other");
    }
}
