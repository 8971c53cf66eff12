package gift.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteTokenizerTest {
    @TempDir
    Path folder;

    private Path vocabulary(String... merges) throws IOException {
        List<String> lines = new ArrayList<>(List.of("#version: 0.2"));
        lines.addAll(List.of(merges));
        return Files.write(folder.resolve("vocab.bpe"), lines);
    }

    /** Ids of the published code with merges of our own. */
    @Test
    void idsAreThoseOfThePublishedCode() throws IOException {
        JsonNode cases;
        try (InputStream in = ByteTokenizerTest.class.getResourceAsStream("/gift/diffusion/glide/tokenizer.json")) {
            cases = Json.parse("tokenizer.json", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        List<String> merges = new ArrayList<>();
        cases.get("merges").forEach(merge -> merges.add(merge.asText()));
        ByteTokenizer tokenizer = ByteTokenizer.load(vocabulary(merges.toArray(String[]::new)));
        assertThat(tokenizer.vocabularySize()).isEqualTo(327);
        for (JsonNode one : cases.get("cases")) {
            List<Integer> expected = new ArrayList<>();
            one.get("ids").forEach(id -> expected.add(id.asInt()));
            assertThat(tokenizer.encode(one.get("text").asText())).as(one.get("text").asText())
                    .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    /** The bytes of "ab" are numbers 64 and 65 of the vocabulary ('!' is 0); "ab" is 256, the end 257. */
    @Test
    void rows() throws IOException {
        ByteTokenizer tokenizer = ByteTokenizer.load(vocabulary("a b"));
        assertThat(tokenizer.row("ABa", 4)).usingRecursiveComparison()
                .isEqualTo(new ByteTokenizer.Row(new long[] {256, 64, 257, 257}, 2, false));
        assertThat(tokenizer.row("ababab", 2)).usingRecursiveComparison()
                .isEqualTo(new ByteTokenizer.Row(new long[] {256, 256}, 2, true));
        assertThat(tokenizer.row("", 1).tokens()).isZero();
    }

    @Test
    void aDamagedVocabularyIsRefused() throws IOException {
        assertThatThrownBy(() -> ByteTokenizer.load(folder.resolve("none"))).isInstanceOf(InputException.class)
                .hasMessageContaining("none");
        Path twice = vocabulary("a b", "a b");
        assertThatThrownBy(() -> ByteTokenizer.load(twice)).isInstanceOf(InputException.class).hasMessageContaining("line 3");
        Path other = Files.writeString(folder.resolve("page"), "<html>");
        assertThatThrownBy(() -> ByteTokenizer.load(other)).isInstanceOf(InputException.class).hasMessageContaining("first line");
    }
}
