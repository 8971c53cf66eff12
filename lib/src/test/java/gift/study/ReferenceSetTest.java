package gift.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gift.data.PairDataset;
import gift.data.readers.TorchRandom;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.sources.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reference sets of a folder with images for each task, and their changes for ablations. */
class ReferenceSetTest {
    private static final List<String> TASKS = List.of("first", "second");

    @TempDir
    Path folder;

    /** Six grey images a task: of brightness 10, 11, ... and 20, 21, ..., the last but one black. */
    @BeforeEach
    void images() throws IOException {
        for (int t = 0; t < 2; t++) {
            Path set = Files.createDirectories(folder.resolve("set").resolve(TASKS.get(t) + "_Syn"));
            StringBuilder texts = new StringBuilder("image,text\n");
            for (int i = 0; i < 6; i++) {
                byte[] rgb = new byte[3 * 4 * 4];
                Arrays.fill(rgb, (byte) (i == 4 ? 0 : 10 * (t + 1) + i));
                ImageFiles.writePng(set.resolve(i + ".png"), new Image(4, 4, rgb));
                texts.append(i).append(".png,text ").append(t).append(' ').append(i).append('\n');
            }
            Files.writeString(set.resolve("image_text.csv"), texts);
        }
    }

    private List<PairDataset> read(String settings) {
        JsonNode tree = Json.parse("test", "{\"set\": \"set\"" + settings + "}");
        StudyConfig.Reference wanted = Json.convert("test", tree, StudyConfig.Reference.class);
        ReferenceSet set = new ReferenceSet("synthetic", wanted, folder, TASKS, Sources.of(folder, null, ".", Set.of()));
        set.check();
        return set.read();
    }

    private static List<Integer> brightness(PairDataset pairs) {
        return IntStream.range(0, pairs.size()).mapToObj(i -> pairs.image(i).rgb()[0] & 255).toList();
    }

    private static List<String> texts(PairDataset pairs) {
        return IntStream.range(0, pairs.size()).mapToObj(pairs::text).toList();
    }

    @Test
    void everyTaskItsOwnWithoutBlackOnes() {
        List<PairDataset> sets = read("");
        assertThat(brightness(sets.get(0))).containsExactly(10, 11, 12, 13, 15);
        assertThat(brightness(sets.get(1))).containsExactly(20, 21, 22, 23, 25);
        assertThat(texts(sets.get(1))).containsExactly("text 1 0", "text 1 1", "text 1 2", "text 1 3", "text 1 5");
        assertThat(brightness(read(", \"pictures\": 2").get(1))).containsExactly(20, 21);
    }

    @Test
    void allOfOneTask() {
        List<PairDataset> sets = read(", \"of_task\": \"first\"");
        assertThat(texts(sets.get(1))).isEqualTo(texts(sets.get(0))).first().isEqualTo("text 0 0");
        assertThatThrownBy(() -> read(", \"of_task\": \"third\"")).isInstanceOf(InputException.class)
                .hasMessageContaining("third_Syn");
    }

    /** Of ten images of a data set four: the same for all tasks, others for each, or those of torch.randperm with seed 42 + t. */
    @Test
    void aChoiceForEachTask() throws IOException {
        for (String split : new String[] {"train", "test"}) {
            Path grey = Files.createDirectories(folder.resolve("Greys").resolve(split).resolve("grey"));
            for (int i = 0; i < 10; i++) {
                byte[] rgb = new byte[3 * 4 * 4];
                Arrays.fill(rgb, (byte) (10 + i));
                ImageFiles.writePng(grey.resolve(i + ".png"), new Image(4, 4, rgb));
            }
        }
        List<String> tasks = List.of("Aircraft", "DTD");
        assertThat(chosen("one", tasks)).satisfies(sets -> assertThat(sets.get(0)).hasSize(4).isEqualTo(sets.get(1)));
        assertThat(chosen("each_task", tasks)).satisfies(sets -> assertThat(sets.get(0)).hasSize(4).isNotEqualTo(sets.get(1)));
        for (int t = 0; t < 2; t++) {
            int[] order = TorchRandom.randperm(10, 42 + (t == 0 ? 0 : 3)); // DTD is the fourth of order I
            assertThat(chosen("as_published", tasks).get(t)).containsExactlyElementsOf(
                    Arrays.stream(order, 0, 4).sorted().mapToObj(i -> 10 + i).toList());
        }
        assertThatThrownBy(() -> chosen("as_published", TASKS)).isInstanceOf(InputException.class)
                .hasMessageContaining("choice as_published goes by a task's place in");
        assertThatThrownBy(() -> read(", \"choice\": \"each_task\"")).isInstanceOf(InputException.class)
                .hasMessageContaining("choice is about the images of a data set");
    }

    private List<List<Integer>> chosen(String choice, List<String> tasks) {
        StudyConfig.Reference wanted = Json.convert("test", Json.parse("test", "{\"set\": \"Greys\", \"pictures\": 4, \"choice\": \""
                + choice + "\"}"), StudyConfig.Reference.class);
        ReferenceSet set = new ReferenceSet("real", wanted, folder, tasks, Sources.of(folder, null, ".", Set.of("Greys")));
        set.check();
        return set.read().stream().map(ReferenceSetTest::brightness).toList();
    }

    @Test
    void changedForAblations() {
        PairDataset shuffled = read(", \"change\": \"shuffled\"").get(0);
        assertThat(brightness(shuffled)).containsExactly(10, 11, 12, 13, 15);
        assertThat(texts(shuffled)).isNotEqualTo(texts(read("").get(0))).containsExactlyInAnyOrderElementsOf(texts(read("").get(0)));

        PairDataset noise = read(", \"change\": \"noise\"").get(0);
        assertThat(texts(noise)).isEqualTo(texts(read("").get(0)));
        assertThat(noise.image(0).rgb()).isEqualTo(noise.image(0).rgb()).isNotEqualTo(noise.image(1).rgb()).hasSize(48);
    }

    @Test
    void asManyImagesAsAreWantedMustBeThere() throws IOException {
        // rows behind the last image, as in the published lists: six images, one of them black, of a list of nine
        for (String task : TASKS) {
            Path csv = folder.resolve("set").resolve(task + "_Syn").resolve("image_text.csv");
            Files.writeString(csv, Files.readString(csv) + "6.png,text 6\n7.png,text 7\n8.png,text 8\n");
        }
        assertThat(read(", \"pictures\": 6")).allSatisfy(pairs -> assertThat(pairs.size()).isEqualTo(5));
        assertThat(read("")).allSatisfy(pairs -> assertThat(pairs.size()).isEqualTo(5));
        assertThatThrownBy(() -> read(", \"pictures\": 7")).isInstanceOf(InputException.class)
                .hasMessageContainingAll("has 6 images, wanted are 7", "6.png");
    }
}
