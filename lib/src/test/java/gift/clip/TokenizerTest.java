package gift.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gift.Shared;
import gift.io.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SMALL = "#version: 0.2\nc a\nca t</w>\na t</w>\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bpe_simple_vocab_16e6.txt.gz", "vocab.json"})
    void agreesWithThePublishedTokenizer(String form) throws IOException {
        Tokenizer tokenizer = Tokenizer.load(Shared.require("clip/" + form));
        assertThat(tokenizer.vocabularySize()).isEqualTo(49408);
        assertThat(tokenizer.startToken()).isEqualTo(49406);
        assertThat(tokenizer.endToken()).isEqualTo(49407);
        JsonNode cases = JSON.readTree(Shared.require("parity/tokenizer/cases.json").toFile()).get("cases");
        assertThat(cases).hasSize(268);
        for (JsonNode c : cases) {
            String text = c.get("text").textValue();
            int[] ids = JSON.treeToValue(c.get("ids"), int[].class);
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
            assertThat(tokenizer.decode(ids)).as(text).isEqualTo(c.get("decoded").textValue());
            assertThat(tokenizer.row(text, 77, true)).as(text)
                    .isEqualTo(JSON.treeToValue(c.get("truncated_77"), long[].class));
            if (c.get("fits_77").booleanValue()) {
                assertThat(tokenizer.row(text, 77, false)).isEqualTo(tokenizer.row(text, 77, true));
            } else {
                assertThatThrownBy(() -> tokenizer.row(text, 77, false))
                        .isInstanceOf(InputException.class)
                        .hasMessageContaining("too long for 77")
                        .hasMessageNotContaining("\n");
            }
        }
    }

    @Test
    void aFolderAndTheMergesAloneServeToo() {
        Path folder = Shared.require("clip");
        assertThat(Tokenizer.load(folder).vocabularySize()).isEqualTo(49408);
        assertThat(Tokenizer.load(folder.resolve("merges.txt")).encode("a photo")).containsExactly(320, 1125);
    }

    @Test
    void smallVocabulariesInEveryForm() throws IOException {
        Path plain = Files.writeString(folder.resolve("small.txt"), SMALL);
        Path packed = folder.resolve("small.txt.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(SMALL.getBytes());
        }
        Path hf = Files.createDirectories(folder.resolve("hf"));
        Files.writeString(hf.resolve("merges.txt"), SMALL);
        Files.writeString(hf.resolve("vocab.json"), vocabJson(Tokenizer.load(plain)));
        for (Path path : List.of(plain, packed, hf, hf.resolve("vocab.json"), hf.resolve("merges.txt"))) {
            Tokenizer tokenizer = Tokenizer.load(path);
            assertThat(tokenizer.vocabularySize()).isEqualTo(512 + 3 + 2);
            // ids by hand: 'a'..'z' are bytes 64..89 of the list, 256 more at the end of a word; merges from 512 on
            assertThat(tokenizer.encode("Cat at cab")).containsExactly(513, 514, 512, 65 + 256);
            assertThat(tokenizer.row("cat", 5, false)).containsExactly(515, 513, 516, 0, 0);
            assertThat(tokenizer.row("cat", 5, false, tokenizer.endToken())).containsExactly(515, 513, 516, 516, 516);
            assertThat(tokenizer.rows(List.of("cat cat", ""), 3, true))
                    .isDeepEqualTo(new long[][] {{515, 513, 516}, {515, 516, 0}});
            assertThat(tokenizer.decode(tokenizer.encode("Cat  at"))).isEqualTo("cat at ");
        }
    }

    @Test
    void everyTextComesBackFromItsBytes() throws IOException {
        Tokenizer tokenizer = Tokenizer.load(Files.writeString(folder.resolve("small.txt"), SMALL));
        String all = IntStream.concat(IntStream.range(0x21, 0x2fff), IntStream.range(0x1f300, 0x1f650))
                .filter(c -> c != '&' && Character.toString(c).equals(Tokenizer.clean(Character.toString(c))))
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        String back = tokenizer.decode(tokenizer.encode(all));
        assertThat(back.replace(" ", "")).isEqualTo(all.replace(" ", ""));
        assertThat(tokenizer.decode(new int[] {255})).isEqualTo("\ufffd");
        assertThatThrownBy(() -> tokenizer.decode(new int[] {517})).isInstanceOf(InputException.class)
                .hasMessage("token id 517 is not in the vocabulary of 0..516");
    }

    @Test
    void controlWordsAreTextAndLongWordsAreQuickEnough() throws IOException {
        Tokenizer tokenizer = Tokenizer.load(Files.writeString(folder.resolve("small.txt"), SMALL));
        assertThat(tokenizer.encode("<|endoftext|>")).doesNotContain(tokenizer.endToken()).hasSize(13);
        assertThat(tokenizer.encode("cat".repeat(10_000))).hasSize(2 * 9_999 + 1);
        assertThatThrownBy(() -> tokenizer.row("cat", 1, true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cleansAsPythonDoes() {
        assertThat(Tokenizer.clean("\u3000 A\u001f\u0085\u2009B \n")).isEqualTo("a b");
        assertThat(Tokenizer.clean("&nbsp;x&nbsp;")).isEqualTo("x");
        assertThat(Tokenizer.clean("&amp;amp;amp;")).isEqualTo("&amp;");
        assertThat(Tokenizer.clean("a\u200bB")).isEqualTo("a\u200bb"); // a zero-width space is no space
        assertThat(Tokenizer.clean("ΣΑΣ İ")).isEqualTo("σας i\u0307");
        assertThat(Tokenizer.clean("  ")).isEmpty();
    }

    @Test
    void missingOrDamagedVocabularies() throws IOException {
        refused(folder.resolve("absent.txt"), "no CLIP vocabulary at");
        refused(folder, "it needs vocab.json and merges.txt");
        refused(write("a.txt.gz", "no gzip"), "does not unpack");
        refused(write("a.txt", ""), "first line is not");
        refused(write("a.txt", "c a\nca t</w>\n"), "first line is not");
        refused(write("a.txt", "#version: 0.2\nc a t\n"), "line 2 does not merge two known symbols");
        refused(write("a.txt", "#version: 0.2\nc a\nco t\n"), "line 3 does not merge");
        refused(write("a.txt", "#version: 0.2\nc a\n\nt o\n"), "line 3 does not merge");
        refused(write("a.txt", "#version: 0.2\nc a\nc a\n"), "line 3 repeats");
        refused(Files.write(folder.resolve("a.txt"), new byte[] {'#', (byte) 0xff}), "not UTF-8");
        refused(write("vocab.json", "{\"a\": 1.5"), "not a JSON object");
        refused(write("vocab.json", "[]"), "not a JSON object");
        refused(write("vocab.json", "null"), "empty");
        refused(write("vocab.json", "{\"a\": 7}"), "id 7 of 'a'");
        refused(write("vocab.json", "{\"a\": 0}"), "it lacks '!'");
        Tokenizer small = Tokenizer.load(write("small.txt", SMALL));
        refused(write("vocab.json", vocabJson(small)), "cannot read the CLIP vocabulary " + folder.resolve("merges.txt"));
        write("merges.txt", SMALL + "d o\n");
        refused(folder.resolve("vocab.json"), "it lacks 'do'");
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static void refused(Path path, String message) {
        assertThatThrownBy(() -> Tokenizer.load(path))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(path.getParent().toString())
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    /** The Hugging Face form of a small vocabulary, written by hand from its definition. */
    private static String vocabJson(Tokenizer tokenizer) {
        try {
            var root = JSON.createObjectNode();
            int id = 0;
            for (String end : List.of("", "</w>")) {
                for (String symbol : ByteSymbols.ALL) {
                    root.put(symbol + end, id++);
                }
            }
            for (String token : List.of("ca", "cat</w>", "at</w>", "<|startoftext|>", "<|endoftext|>")) {
                root.put(token, id++);
            }
            assertThat(id).isEqualTo(tokenizer.vocabularySize());
            return JSON.writeValueAsString(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
