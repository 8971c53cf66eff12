package gift.sentences;

import gift.io.InputException;
import java.net.URI;
import java.time.Duration;

/**
 * A server with OpenAI's chat interface, and how it is asked. Address and key come from the environment, not from files.
 *
 * @param address of the interface, to which {@code /chat/completions} is added, such as http://localhost:8000/v1
 * @param key sent as a bearer token; empty for none; never written anywhere
 * @param model name of the language model
 * @param prompt the question, with {} for the class name
 * @param temperature of sampling
 * @param perMinute most requests a minute
 * @param timeout of one request
 * @param attempts for one answer, before giving up
 * @param pause before the second attempt; doubled before each further one
 * @param topP share of the likeliest words that are sampled from; 1 for all, and then not said to the server
 */
public record ChatSettings(String address, String key, String model, String prompt, double temperature, int perMinute,
        Duration timeout, int attempts, Duration pause, double topP) {
    /** Environment variable of the address. */
    public static final String ADDRESS = "GIFT_CHAT_URL";
    /** Environment variable of the key. */
    public static final String KEY = "GIFT_CHAT_KEY";
    /** One short sentence, as the published word-to-sentence model gives. */
    public static final String PROMPT = "Write one short sentence that describes a photo of {}. Answer with the sentence alone.";

    public ChatSettings {
        InputException.require(address != null && address.matches("https?://.+"), "the address of the chat server, "
                + ADDRESS + ", must begin with http:// or https://; it is "
                + (address == null || address.isEmpty() ? "not set" : "'" + address + "'"));
        InputException.require(model != null && !model.isBlank(), "--model NAME is missing: the language model that the server"
                + " is to use");
        InputException.require(prompt.contains("{}"), "--prompt has no {} for the class name");
        InputException.require(perMinute > 0 && attempts > 0, "--per-minute " + perMinute + " and --attempts " + attempts
                + " must be at least 1");
        InputException.require(key.chars().allMatch(c -> c > ' ' && c < 127), "the key, " + KEY
                + ", holds characters that no header can have");
        try {
            URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new InputException("the address of the chat server, " + ADDRESS + ", is none: '" + address + "'", e);
        }
    }

    /** The usual settings for a server and a model. */
    public static ChatSettings of(String address, String key, String model) {
        return new ChatSettings(address, key == null ? "" : key, model, PROMPT, 1, 60, Duration.ofSeconds(60), 5,
                Duration.ofSeconds(1), 1);
    }

    public ChatSettings withPrompt(String question) {
        return new ChatSettings(address, key, model, question, temperature, perMinute, timeout, attempts, pause, topP);
    }

    public ChatSettings withPerMinute(int most) {
        return new ChatSettings(address, key, model, prompt, temperature, most, timeout, attempts, pause, topP);
    }

    public ChatSettings withPatience(Duration ofRequest, int tries, Duration first) {
        return new ChatSettings(address, key, model, prompt, temperature, perMinute, ofRequest, tries, first, topP);
    }

    public ChatSettings withSampling(double ofSampling, double likeliest) {
        return new ChatSettings(address, key, model, prompt, ofSampling, perMinute, timeout, attempts, pause, likeliest);
    }

    /** A text without the key, for messages. */
    String withoutKey(String text) {
        return key.isEmpty() ? text : text.replace(key, "***");
    }

    /** Does not show the key. */
    @Override
    public String toString() {
        return "chat server " + address + ", model " + model;
    }
}
