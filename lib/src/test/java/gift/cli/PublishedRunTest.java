package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.data.readers.ImageFolder;
import gift.image.Image;
import gift.io.Csv;
import gift.io.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gift run} with a configuration file of the published code and a synthetic set of each task. */
class PublishedRunTest {
    @TempDir
    Path folder;

    @Test
    void aPublishedFileRunsAsItIs() {
        SmallStudy study = new SmallStudy(folder);
        Path file = study.write("order.json", """
                {"exp_no": "order", "train_dataset": ["first", "second"], "learning_rate": ["1e-3", "2e-3", "1e-5"],
                 "iterations": "2", "label_smoothing": "0.1", "ita": "0.25", "L2": "1", "distill": "1",
                 "ref_model": "load", "ref_dataset": "SyntheticDataset_A", "image_nums": "70", "awc": True}
                """);
        Terminal explained = Terminal.run("run", "--explain", file);
        assertThat(explained.code()).isZero();
        assertThat(explained.out().lines()).contains("learning_rate[1] = 2e-3 -> task second",
                "unused: learning_rate[2] = 1e-5, because there are 2 tasks");

        Path set = folder.resolve("synthetic");
        Object[] run = {"run", file, "--data", folder, "--model", folder.resolve("clip.json"), "--reference", set,
            "--results", study.results, "--device", "cpu"};
        Terminal without = Terminal.run(run);
        assertThat(without.err().strip()).contains("no data set '" + set).hasLineCount(1);
        assertThat(without.code()).isEqualTo(2);

        for (String task : List.of("first", "second")) {
            synthesize(PairFolder.of(set, task));
        }
        assertThat(Terminal.run(run).code()).isZero();
        Path made = study.results.resolve("order/gift/42");
        assertThat(Csv.read(made.resolve("matrix.csv"))).hasSize(4);
        assertThat(Json.tree(made.resolve("settings.json")).at("/training/1/learning_rate").asDouble()).isEqualTo(2e-3);
        assertThat(Json.tree(made.resolve("settings.json")).at("/reference/set").asText()).isEqualTo("synthetic");
        assertThat(study.results.resolve("order/reference")).doesNotExist();

        Terminal missing = Terminal.run("run", file, "--data", folder, "--results", study.results);
        assertThat(missing.err().strip()).contains("no model at " + folder.resolve("weights/clip")).hasLineCount(1);
    }

    /** 72 pairs, the last all black. */
    private void synthesize(Path pairs) {
        PairDataset web = PairDataset.of(ImageFolder.open(folder.resolve("web")).train(), "a photo of a {}.");
        PairDataset.write(pairs, PairDataset.concat(List.of(web, web, web)), 0.9f);
        PairFolder.writeImage(pairs, 71, new Image(20, 20, new byte[3 * 20 * 20]), 0.9f);
    }
}
