package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import gift.clip.Tokenizer;
import gift.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the text encoder says of prompts. Each distinct prompt is encoded once, by itself, so that its states do not
 * depend on its neighbours; the latest few hundred are kept.
 */
final class TextStates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TextStates.class);
    private static final int MOST = 512; // 0.25 MB each in Stable Diffusion

    private final TextEncoder encoder;
    private final Tokenizer tokenizer;
    private final int length;
    private final Map<String, NDArray> states = new LinkedHashMap<>(16, 0.75f, true);
    private int encoded;

    TextStates(TextEncoder encoder, Tokenizer tokenizer, int length) {
        this.encoder = encoder;
        this.tokenizer = tokenizer;
        this.length = length;
    }

    /** The states of prompts, (N, S, D), which the caller owns, or the scope around the call. */
    NDArray of(List<String> prompts) {
        return Scopes.withoutGradients(() -> {
            NDList rows = new NDList();
            prompts.forEach(prompt -> rows.add(of(prompt)));
            return NDArrays.concat(rows);
        });
    }

    /** How many prompts were encoded. */
    int encoded() {
        return encoded;
    }

    private NDArray of(String prompt) {
        NDArray known = states.get(prompt);
        if (known != null) {
            return known;
        }
        NDArray state = Scopes.outside(() -> Scopes.withoutGradients(() -> encoder.forward(new long[][] {tokens(prompt)})));
        encoded++;
        states.put(prompt, state);
        return state;
    }

    /** Forgets the prompts that were not asked for lately. Not while a result of {@link #of} is being put together. */
    void trim() {
        while (states.size() > MOST) {
            states.remove(states.keySet().iterator().next()).close();
        }
    }

    private long[] tokens(String prompt) {
        int count = tokenizer.encode(prompt).length + 2;
        if (count > length) {
            LOG.warn("prompt of {} tokens is cut to {} (start and end included): \"{}\"", count, length,
                    prompt.length() <= 80 ? prompt : prompt.substring(0, 77) + "...");
        }
        return tokenizer.row(prompt, length, true, tokenizer.endToken());
    }

    @Override
    public void close() {
        states.values().forEach(NDArray::close);
        states.clear();
    }
}
