package gift.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ClassNames;
import gift.io.InputException;
import gift.mini.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captions of factors: the published shares, weights and exceptions; the files that are shipped; what does not serve. */
class FactorCaptionsTest {
    private static final Factors PETS = new Factors("", Map.of("cat", List.of("red", "old")),
            Map.of("cat", List.of("on a chair", "in a box")), List.of("a photo of"), List.of("at night"), List.of("blurred"), "",
            Map.of());

    @TempDir
    private Path folder;

    @Test
    void theSharesAreThePublishedOnes() {
        assertThat(CaptionMode.shares("OxfordPet").values()).containsExactly(0.4, 0.3, 0.2, 0.1);
        assertThat(CaptionMode.shares("SUN397")).containsExactly(Map.entry(CaptionMode.BASE, 0.7),
                Map.entry(CaptionMode.LIGHTING, 0.2), Map.entry(CaptionMode.DEGRADATION, 0.1));
        assertThat(CaptionMode.shares("EuroSAT")).containsExactly(Map.entry(CaptionMode.BASE, 1.0))
                .isEqualTo(CaptionMode.shares("dtd"));
        Map<CaptionMode, Double> usual = CaptionMode.shares("");
        assertThat(List.of(0.0, 0.39, 0.41, 0.69, 0.71, 0.89, 0.91, 0.9999999999999999).stream()
                .map(u -> FactorCaptions.mode(usual, u).toString())).containsExactly("Base", "Base", "BG", "BG", "LC", "LC", "CD", "CD");
    }

    @Test
    void drawsHaveTheseShares() {
        FactorCaptions captions = new FactorCaptions(PETS, 3);
        Map<CaptionMode, Long> counts = IntStream.range(0, 4000).mapToObj(i -> captions.request("cat", i))
                .collect(Collectors.groupingBy(FactorCaptions.Request::mode, Collectors.counting()));
        assertThat(counts.get(CaptionMode.BACKGROUND) / 4000.0).isCloseTo(0.3, Offset.offset(0.03));
        assertThat(counts.get(CaptionMode.DEGRADATION) / 4000.0).isCloseTo(0.1, Offset.offset(0.02));
        assertThat(captions.request("cat", 7)).isEqualTo(new FactorCaptions(PETS, 3).request("cat", 7));
    }

    /** Of five backgrounds int(3.0) = 3 have weight 4, two 1.5: 15 in all. */
    @Test
    void frequentBackgroundsWeighMore() {
        List<String> five = List.of("a", "b", "c", "d", "e");
        assertThat(List.of(0.0, 3.9 / 15, 4.1 / 15, 11.9 / 15, 12.1 / 15, 13.4 / 15, 13.6 / 15).stream()
                .map(place -> FactorCaptions.background(five, place))).containsExactly("a", "a", "b", "c", "d", "d", "e");
    }

    @Test
    void aRequestBecomesASentence() {
        FactorCaptions captions = new FactorCaptions(PETS, 0);
        assertThat(captions.caption("cat", new FactorCaptions.Request(CaptionMode.BACKGROUND, "old", "a photo of", "in a box")))
                .isEqualTo("a photo of an old cat, in a box");
        String question = captions.question("cat", 0);
        assertThat(question).contains("Object: cat; attribute: ").contains("at most 36 words");
        assertThat(question.split("Example: ")).hasSizeBetween(2, 4); // of few factors fewer examples differ
    }

    /** Ten sentences can be made: 2 attributes, of which each stands alone, before 2 backgrounds, at night, blurred. */
    @Test
    void whatRepeatsItselfIsDrawnAnewAndShortageIsSaid() {
        FactorCaptions captions = new FactorCaptions(PETS, 0);
        List<String> texts = captions.sentences("cat", 10).stream().map(Sentence::text).toList();
        assertThat(texts).hasSize(10).doesNotHaveDuplicates();
        assertThat(captions.sentences("cat", 4).stream().map(Sentence::text)).containsExactlyElementsOf(texts.subList(0, 4));
        assertThatThrownBy(() -> FactorCaptions.first(captions, List.of("cat"), 11)).isInstanceOf(InputException.class)
                .hasMessage("the class 'cat' has 10 captions from template captions of factors, not the 11 that are asked for; take"
                        + " fewer, or a source that knows more");
    }

    @Test
    void filesOfOtherClassesAreRefused() throws IOException {
        assertThatThrownBy(() -> FactorCaptions.first(new FactorCaptions(PETS, 0), List.of("car"), 1))
                .isInstanceOf(InputException.class).hasMessage("the factors have no class 'car' (did you mean 'cat'? known: cat)");
        Path recorded = Files.writeString(folder.resolve("c.jsonl"), "{\"label\": \"cat\", \"text\": \"a cat\"}\n");
        assertThatThrownBy(() -> FactorCaptions.first(RecordedSentences.read(recorded), List.of("car"), 1))
                .isInstanceOf(InputException.class)
                .hasMessage(recorded + " has no sentence for the class 'car' (did you mean 'cat'? known: cat)");
        Path file = Files.writeString(folder.resolve("f.json"), """
                {"attributes": {"cat": ["red"]}, "viewpoints": ["a photo of"], "lighting": ["at night"], "quality": ["blurred"]}""");
        assertThatThrownBy(() -> Factors.read(file)).isInstanceOf(InputException.class).hasMessage(file
                + ": backgrounds has no phrase for 'cat'; only captions for dtd, eurosat, sun397 (modes_of) need none");
    }

    /** 20 attributes from 20 views make 400 captions of a texture; other data sets have backgrounds and light besides. */
    @Test
    void thePublishedDataSetsFactorsServeAllTheirClasses() {
        for (String set : List.of("Aircraft", "Caltech101", "DTD", "EuroSAT", "Flowers", "Food", "ImageNet", "OxfordPet",
                "StanfordCars", "SUN397")) {
            Factors factors = Factors.read(Path.of("../data/factors/" + set + ".json"));
            List<String> classes = ClassNames.of(set).names();
            assertThat(classes).containsAll(factors.labels());
            FactorCaptions captions = new FactorCaptions(factors, 0);
            classes.forEach(label -> captions.caption(label, captions.request(label, 0)));
            assertThat(captions.sentences(classes.get(0), FactorCaptions.PUBLISHED)).hasSize(300);
        }
        Factors actions = Factors.read(Path.of("../data/factors/UCF101.json"));
        assertThat(new FactorCaptions(actions, 0).sentences("Archery", 1).get(0).text()).contains(" person doing Archery");
    }

    @Test
    void theMiniWorldsFactorsServeAllItsClasses() {
        for (String task : World.tasks()) {
            Factors factors = Factors.read(Path.of("../data/factors/mini/" + task + ".json"));
            assertThat(factors.labels()).containsExactlyElementsOf(World.open(task).classNames());
            FactorCaptions.first(new FactorCaptions(factors, 0), factors.labels(), 15).values().forEach(own ->
                    assertThat(own).hasSize(15));
        }
    }
}
