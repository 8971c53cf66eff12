package gift.data.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.Inspection;
import gift.data.PairDataset;
import gift.data.Task;
import gift.data.sample.SampleFiles;
import gift.data.sample.TrueLayouts;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets described in data_sets.json, and sentences with images. */
class OwnSetsTest {
    @TempDir
    Path root;

    private static void fails(ThrowingCallable open, String... parts) {
        assertThatThrownBy(open).isInstanceOf(InputException.class).hasMessageContainingAll(parts)
                .message().doesNotContain("\n");
    }

    private FolderSet only(String json) {
        SampleFiles.text(root.resolve("data_sets.json"), json);
        return FolderSet.in(root).values().iterator().next();
    }

    @Test
    void trainAndTestFolders() {
        TrueLayouts.folders(root.resolve("birds/train"), List.of("blue_tit", "r01"), 2);
        TrueLayouts.folders(root.resolve("birds/test"), List.of("blue_tit", "r01"), 1);
        FolderSet birds = only("""
                {"Birds": {"folder": "birds", "templates": ["a photo of a {}, a type of bird."],
                           "class_names": {"r01": "robin"}}}""");
        Task task = birds.open("Birds", root);
        assertThat(task.name()).isEqualTo("Birds");
        assertThat(task.trainingPrompts())
                .containsExactly("a photo of a blue tit, a type of bird.", "a photo of a robin, a type of bird.");
        assertThat(task.train().labels()).containsExactly(0, 0, 1, 1);
        assertThat(Inspection.problems(task)).isEmpty();
        fails(() -> only("{\"Birds\": {\"folder\": \"birds\", \"class_names\": {\"r02\": \"x\"}}}").open("Birds", root),
                "r02", "r01");
        fails(() -> only("{\"Birds\": {}}").open("Birds", root), "train"); // the folder is called like the set
    }

    @Test
    void dividedAtRandom() {
        TrueLayouts.folders(root.resolve("Fish"), List.of("cod", "eel"), 5);
        Task task = only("{\"Fish\": {\"layout\": \"random\"}}").open("Fish", root);
        assertThat(task.train().size()).isEqualTo(8);
        assertThat(task.train().label(0)).isEqualTo(TorchRandom.randperm(10, 42)[0] / 5);
    }

    @Test
    void dividedByLists() {
        TrueLayouts.folders(root.resolve("Fish"), List.of("cod", "eel"), 2);
        SampleFiles.text(root.resolve("Fish/train.txt"), "eel/eel_1.jpg\ncod/cod_2.jpg\n");
        Path test = SampleFiles.text(root.resolve("Fish/test.txt"), "cod/cod_1.jpg\n");
        FolderSet fish = only("{\"Fish\": {\"layout\": \"lists\"}}");
        assertThat(fish.open("Fish", root).train().labels()).containsExactly(1, 0);
        SampleFiles.text(test, "cod_1.jpg\n");
        fails(() -> fish.open("Fish", root), "cod_1.jpg", test.toString());
    }

    @Test
    void wrongEntries() {
        assertThat(FolderSet.in(root)).isEmpty();
        fails(() -> only("{\"MNIST\": {}}"), "data_sets.json", "\"MNIST\"", "taken");
        fails(() -> only("{\"a b\": {}}"), "\"a b\"");
        fails(() -> only("{\"Fish\": {\"layuot\": \"lists\"}}"), "Fish", "layuot", "layout");
        fails(() -> only("{\"Fish\": {\"layout\": \"split\"}}"), "Fish", "split");
        fails(() -> only("{\"Fish\": 3}"), "data_sets.json");
        TrueLayouts.folders(root.resolve("Fish"), List.of("cod"), 2);
        fails(() -> only("{\"Fish\": {\"layout\": \"random\", \"templates\": [\"x\"]}}").open("Fish", root), "\"x\"", "{}");
        fails(() -> only("{\"Fish\": {\"layout\": \"random\", \"templates\": []}}").open("Fish", root), "no prompt template");
    }

    // ---- Conceptual Captions

    @Test
    void captionsAsTheScriptOfOpenClipLeavesThem() {
        Path table = root.resolve("cc_data/Validation_GCC-1.1.0-Validation_output.csv");
        SampleFiles.jpeg(root.resolve("cc_data/val/7/1007.jpg"), 3);
        SampleFiles.jpeg(root.resolve("cc_data/val/0/2000.jpg"), 4);
        SampleFiles.text(table, "title\tfilepath\na \"dog\", running\tval/7/1007.jpg\ntwo cats\tval/0/2000.jpg\n");
        PairDataset pairs = Datasets.openPairs("ConceptualCaptions", root);
        assertThat(IntStream.range(0, pairs.size()).mapToObj(pairs::text)).containsExactly("a \"dog\", running", "two cats");
        assertThat(pairs.image(1).get(3, 3, 0)).isBetween(41, 47);
        assertThat(Inspection.problems(pairs)).isEmpty();
        assertThat(Datasets.openPairs("ConceptualCaptions", root.resolve("cc_data")).size()).isEqualTo(2);
        SampleFiles.text(table, "filepath\ttitle\n");
        fails(() -> Datasets.openPairs("ConceptualCaptions", root), table.toString(), "title, tab, filepath");
        SampleFiles.text(table, "title\tfilepath\nno file\n");
        fails(() -> Datasets.openPairs("ConceptualCaptions", root), table.toString(), "row 0", "no file");
        SampleFiles.text(table, "title\tfilepath\n");
        fails(() -> Datasets.openPairs("ConceptualCaptions", root), "no row", table.toString());
    }

    @Test
    void captionsOfThePublishersTable() {
        Path table = root.resolve("Train_GCC-training.tsv");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1002; i++) {
            text.append("sentence ").append(i).append("\thttp://example.org/").append(i).append('\n');
        }
        SampleFiles.text(table, text.toString());
        assertThat(Datasets.captions("ConceptualCaptions", root)).hasSize(1002).endsWith("sentence 1001");
        fails(() -> Datasets.openPairs("ConceptualCaptions", root), "no image of " + table, "train/0/0.jpg");
        SampleFiles.jpeg(root.resolve("train/1/1001.jpg"), 7);
        SampleFiles.jpeg(root.resolve("train/5/5.jpg"), 8);
        PairDataset pairs = Datasets.openPairs("ConceptualCaptions", root);
        assertThat(List.of(pairs.text(0), pairs.text(1))).containsExactly("sentence 5", "sentence 1001");
        assertThat(pairs.name()).isEqualTo("ConceptualCaptions (2 of 1002 rows)");
        fails(() -> Datasets.openPairs("Captions", root), "Captions", "ConceptualCaptions");
    }
}
