package gift.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published rules, the grammar, recorded files. */
class SentencesTest {
    private static final TemplateGrammar SMALL = new TemplateGrammar(
            List.of("a photo of {a label} {place}.", "{a size} {label}."),
            Map.of("place", List.of("in a field", "at night", "in a field"), "size", List.of("old", "big")), 0);

    @TempDir
    private Path folder;

    private static List<String> texts(List<Sentence> sentences) {
        return sentences.stream().map(Sentence::text).toList();
    }

    @Test
    void theGrammarEnumeratesWithoutRepetitionAndSaysWhenItEnds() {
        List<Sentence> all = SMALL.sentences("apple", 100);
        assertThat(texts(all)).containsExactlyInAnyOrder("a photo of an apple in a field.", "a photo of an apple at night.",
                "an old apple.", "a big apple.");
        assertThat(all).allMatch(one -> one.source().equals("template grammar"));
        assertThat(SMALL.sentences("apple", 2)).isEqualTo(all.subList(0, 2));
        assertThat(texts(SMALL.withSeed(1).sentences("apple", 100))).containsExactlyInAnyOrderElementsOf(texts(all));
        assertThatThrownBy(() -> SentenceRules.choose(SMALL, List.of("apple"), 5, 0)).isInstanceOf(InputException.class)
                .hasMessageContaining("the class 'apple' has 4 distinct sentences of 4, not the 5");
        assertThat(TemplateGrammar.PHOTOGRAPHS.sentences("dog", 250)).hasSize(250).doesNotHaveDuplicates();
        assertThatThrownBy(() -> new TemplateGrammar(List.of("{label} {plase}"), SMALL.slots(), 0))
                .isInstanceOf(InputException.class).hasMessageContaining("{plase}").hasMessageContaining("'place'");
    }

    /** As the published post-processing: n + 50 asked for, exact duplicates dropped, n drawn. */
    @Test
    void theRules() {
        List<Integer> asked = new ArrayList<>();
        SentenceSource source = new SentenceSource() {
            @Override
            public String name() {
                return "counter";
            }

            @Override
            public List<Sentence> sentences(String label, int wanted) {
                asked.add(wanted);
                return IntStream.range(0, wanted).mapToObj(i -> new Sentence(label, label + " " + i % 30, "counter")).toList();
            }
        };
        Map<String, List<Sentence>> chosen = SentenceRules.choose(source, List.of("a River", "a Forest"), 20, 3);
        assertThat(asked).containsExactly(70, 70);
        assertThat(chosen.get("a River")).hasSize(20).doesNotHaveDuplicates();
        assertThat(SentenceRules.choose(source, List.of("a Forest"), 20, 3).get("a Forest")).isEqualTo(chosen.get("a Forest"));
        assertThat(SentenceRules.choose(source, List.of("a Forest"), 20, 4).get("a Forest")).isNotEqualTo(chosen.get("a Forest"));
        assertThatThrownBy(() -> SentenceRules.choose(source, List.of("a River"), 31, 3)).isInstanceOf(InputException.class);
    }

    @Test
    void recordedLines() throws IOException {
        Path file = folder.resolve("river.jsonl");
        RecordedSentences.write(file, List.of(SMALL.sentences("river", 3), SMALL.sentences("ox", 2)));
        RecordedSentences read = RecordedSentences.read(file);
        assertThat(read.all("river")).isEqualTo(SMALL.sentences("river", 3));
        assertThat(read.labels()).containsExactly("river", "ox");
        assertThatThrownBy(() -> read.sentences("rivers", 1)).isInstanceOf(InputException.class)
                .hasMessageContaining("no sentence for the class 'rivers' (did you mean 'river'?");
        Files.writeString(file, Files.readString(file) + "{\"label\": \"x\"}\n");
        assertThatThrownBy(() -> RecordedSentences.read(file)).isInstanceOf(InputException.class).hasMessageContaining("line 6");
    }

    /** pickle.dumps of a dictionary of two labels, protocols 3 (Python 3.7) and 4. */
    @ParameterizedTest
    @ValueSource(strings = {
        "80037d71002858070000006120526976657271015d710228580d000000612072697665722072756e732e710358120000006120626f6174206f6e"
                + "20612072697665722e71046558080000006120466f7265737471055d71065809000000747265657320c3a92e710761752e",
        "80049552000000000000007d94288c0761205269766572945d94288c0d612072697665722072756e732e948c126120626f6174206f6e2061"
                + "2072697665722e94658c086120466f72657374945d948c09747265657320c3a92e9461752e"})
    void thePublishedPickle(String bytes) throws IOException {
        Path file = Files.write(folder.resolve("eurosat.pkl"), HexFormat.of().parseHex(bytes));
        RecordedSentences read = RecordedSentences.read(file);
        assertThat(read.labels()).containsExactly("a River", "a Forest");
        assertThat(texts(read.all("a River"))).containsExactly("a river runs.", "a boat on a river.");
        assertThat(read.all("a Forest").get(0)).isEqualTo(new Sentence("a Forest", "trees é.", "eurosat.pkl"));
    }

    /** A pickle that would call os.system. */
    @Test
    void aHostilePickleRunsNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("bad.pkl"), "cos\nsystem\n(S'touch x'\ntR.");
        assertThatThrownBy(() -> RecordedSentences.read(file)).isInstanceOf(InputException.class);
    }
}
