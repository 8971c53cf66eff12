package gift.sentences;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a server with OpenAI's chat interface for one sentence at a time. Timeouts, broken connections, answers that are
 * cut off or no JSON, "too many requests" and errors of the server are tried again, with growing pauses or after the time
 * that the server names; what another attempt cannot mend (a wrong key, address or model) ends at once.
 */
final class ChatClient {
    private static final int SHOWN = 200; // characters of an answer in a message
    private static final int LONGEST_PAUSE = 300; // seconds
    private static final int TOO_MANY = 429;
    private static final int TIMED_OUT = 408;
    private static final int SERVER_ERROR = 500;

    private final ChatSettings settings;
    private final HttpClient client;
    private long nextRequest = System.nanoTime();

    ChatClient(ChatSettings settings) {
        this.settings = settings;
        this.client = HttpClient.newBuilder().connectTimeout(settings.timeout()).followRedirects(HttpClient.Redirect.NEVER).build();
    }

    /** An answer that another attempt may mend. */
    private static final class Again extends Exception {
        private final Duration pause; // named by the server, or null

        Again(String message, Duration pause) {
            super(message);
            this.pause = pause;
        }
    }

    /**
     * The first line of the answer to a question.
     *
     * @param label its class, for messages
     * @throws InputException if the server cannot be used, after all attempts
     */
    String sentence(String label, String question) {
        Duration pause = settings.pause();
        for (int attempt = 1;; attempt++) {
            try {
                waitForTurn();
                return ask(question);
            } catch (Again e) {
                if (attempt == settings.attempts()) {
                    throw new InputException("the chat server at " + settings.address() + " gave no sentence for '" + label
                            + "' in " + attempt + " attempts: " + settings.withoutKey(e.getMessage())
                            + "; the sentences so far are recorded, and the same command goes on from there");
                }
                sleep(e.pause != null ? e.pause : pause);
                pause = pause.multipliedBy(2);
            }
        }
    }

    private void waitForTurn() {
        sleep(Duration.ofNanos(Math.max(0, nextRequest - System.nanoTime())));
        nextRequest = System.nanoTime() + Duration.ofMinutes(1).toNanos() / settings.perMinute();
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(Math.min(time.toMillis(), LONGEST_PAUSE * 1000L));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("interrupted while waiting for the chat server", e);
        }
    }

    private String ask(String question) throws Again {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", settings.model());
        body.put("messages", List.of(Map.of("role", "user", "content", question)));
        body.put("temperature", settings.temperature());
        if (settings.topP() < 1) {
            body.put("top_p", settings.topP());
        }
        URI place = URI.create(settings.address().replaceAll("/+$", "") + "/chat/completions");
        HttpRequest.Builder request = HttpRequest.newBuilder(place).timeout(settings.timeout()).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(body)));
        if (!settings.key().isEmpty()) {
            request.header("Authorization", "Bearer " + settings.key());
        }
        HttpResponse<String> response;
        try {
            response = client.sendAsync(request.build(), BodyHandlers.ofString())
                    .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Again("no whole answer within " + settings.timeout().toMillis() / 1000.0 + " s", null);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new Again(cause instanceof IOException io ? AtomicFiles.oneLine(io) : String.valueOf(cause), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("interrupted while waiting for the chat server", e);
        }
        return read(response);
    }

    private String read(HttpResponse<String> response) throws Again {
        int status = response.statusCode();
        String shown = response.body().strip().replaceAll("\\s+", " ");
        shown = shown.length() > SHOWN ? shown.substring(0, SHOWN) + "..." : shown;
        if (status == TOO_MANY || status == TIMED_OUT || status >= SERVER_ERROR) {
            throw new Again("status " + status + " " + shown, response.headers().firstValue("Retry-After")
                    .filter(text -> text.matches("\\d{1,4}")).map(text -> Duration.ofSeconds(Long.parseLong(text))).orElse(null));
        }
        if (status != 200) {
            throw new InputException(settings.withoutKey("the chat server at " + settings.address() + " refuses with status "
                    + status + (status == 401 || status == 403 ? " (is the key in " + ChatSettings.KEY + " right?)" : "")
                    + ": " + shown));
        }
        try {
            JsonNode content = Json.parse("the answer", response.body()).path("choices").path(0).path("message").path("content");
            String first = SentenceRules.firstLine(content.asText(""));
            if (first.isEmpty()) {
                throw new Again("an answer without a sentence: " + shown, null);
            }
            return first;
        } catch (InputException e) {
            throw new Again("an answer that is no JSON: " + shown, null);
        }
    }
}
