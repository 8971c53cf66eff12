package gift.parity;

import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.Tokenizer;
import gift.io.Json;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/** Ids, decoded texts and truncated rows of the tokenizer, exactly. */
final class TokenizerParity {
    private static final int CONTEXT = 77;

    private TokenizerParity() {}

    static void run(Path folder, Path vocabulary, Consumer<ParityCase> report) {
        Tokenizer tokenizer = Tokenizer.load(vocabulary);
        int ids = 0;
        int rows = 0;
        int decoded = 0;
        String first = "";
        JsonNode cases = Json.tree(folder.resolve("cases.json")).get("cases");
        for (JsonNode one : cases) {
            String text = one.get("text").asText();
            int[] expected = integers(one.get("ids"));
            boolean same = Arrays.equals(tokenizer.encode(text), expected);
            ids += same ? 0 : 1;
            decoded += tokenizer.decode(expected).equals(one.get("decoded").asText()) ? 0 : 1;
            long[] row = Arrays.stream(integers(one.get("truncated_77"))).asLongStream().toArray();
            rows += Arrays.equals(tokenizer.row(text, CONTEXT, true), row) ? 0 : 1;
            first = same || !first.isEmpty() ? first : ", first: \"" + text + "\"";
        }
        report.accept(new ParityCase("tokenizer/ids", ids, 0, "wrong of " + cases.size() + " texts" + first));
        report.accept(new ParityCase("tokenizer/decoded", decoded, 0, "wrong of " + cases.size()));
        report.accept(new ParityCase("tokenizer/truncated_77", rows, 0, "wrong of " + cases.size()));
    }

    private static int[] integers(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }
}
