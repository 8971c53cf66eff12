package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Csv;
import gift.io.Hashes;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any checkpoint on any data sets: the numbers of the run it comes from, whatever the file. */
class EvaluateTest {
    @TempDir
    Path folder;

    private static String run(Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.code()).isZero();
        return terminal.out();
    }

    private static void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.code()).isEqualTo(2);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1);
    }

    private JsonNode scores(Path weights, String... more) {
        Object[] all = {"evaluate", weights, "--sets", "first,second,web", "--data", folder, "--vocabulary", folder.resolve("clip"),
            "--format", "json"};
        Object[] with = Arrays.copyOf(all, all.length + more.length);
        System.arraycopy(more, 0, with, all.length, more.length);
        return Json.parse("scores", run(with));
    }

    @Test
    void aRunsWeightsAndTheirExportAndWatchedSetsAddedLater() throws IOException {
        SmallStudy study = new SmallStudy(folder);
        String settings = Files.readString(study.file);
        run("run", study.file, "--results", study.results);
        Path weights = study.lastWeights(study.results);
        Path runFolder = weights.getParent().getParent();
        List<String> last = Csv.read(runFolder.resolve("matrix.csv")).get(3);

        JsonNode own = scores(weights);
        assertThat(own.get(0).get("accuracy").asDouble()).isEqualTo(Double.parseDouble(last.get(1)), within(1e-6));
        assertThat(own.get(1).get("accuracy").asDouble()).isEqualTo(Double.parseDouble(last.get(2)), within(1e-6));
        assertThat(own.get(1).get("set").asText()).isEqualTo("second");
        assertThat(own.get(1).get("pictures").asInt()).isEqualTo(18);
        assertThat(own.get(1).get("low").asDouble()).isLessThan(own.get(1).get("accuracy").asDouble() + 1e-9);

        run("convert", weights, folder.resolve("exported/last.pth"));
        assertThat(scores(folder.resolve("exported/last.pth"))).isEqualTo(own);

        run("convert", "--to", "hf", "--vocabulary", folder.resolve("clip"), weights, folder.resolve("hf"));
        assertThat(scores(folder.resolve("hf"))).as("as Hugging Face has it").isEqualTo(own);

        // between the two models; all of the first is the first
        JsonNode first = scores(folder.resolve("clip"));
        assertThat(scores(weights, "--wise-ft", "1", "--with", folder.resolve("clip").toString())).isEqualTo(own);
        assertThat(scores(weights, "--wise-ft", "0", "--with", folder.resolve("clip").toString())).isEqualTo(first);
        refused("go together", "evaluate", weights, "--sets", "first", "--data", folder, "--wise-ft", "0.5");
        refused("must be between 0", "evaluate", weights, "--sets", "first", "--data", folder, "--wise-ft", "2", "--with", folder.resolve("clip"));
        refused("no data set 'thrid'", "evaluate", weights, "--sets", "thrid", "--data", folder);
        refused("name its file or folder by --vocabulary", "evaluate", weights, "--sets", "first", "--data", folder);

        String text = run("evaluate", folder.resolve("clip"), "--sets", "first,second", "--data", folder, "--confusion");
        assertThat(text).contains("mean of 2 sets", "95 % interval: Wilson", "first: images of each class", "green");
        String csv = run("evaluate", folder.resolve("clip"), "--sets", "first", "--data", folder, "--confusion", "--format", "csv");
        assertThat(csv).startsWith("set,classes,pictures,right,accuracy,low,high\nfirst,3,18,").contains("\n\nset,true,given,pictures\nfirst,");
        assertThat(run("zero-shot", folder.resolve("clip"), "--data", folder, "--sets", "first,second")).contains("mean of 2 tasks");

        // the same numbers as if it had been watched from the beginning
        List<List<String>> watched = Csv.read(runFolder.resolve("watched.csv"));
        Path none = study.write("none.json", settings.replace("\"watched\": [\"web\"],", ""));
        Path later = folder.resolve("later");
        run("run", none, "--results", later);
        Path laterRun = later.resolve("small/gift/42");
        assertThat(laterRun.resolve("watched.csv")).doesNotExist();
        String matrix = Hashes.sha256(laterRun.resolve("matrix.csv"));
        assertThat(run("run", study.file, "--results", later)).contains("finished before");
        assertThat(Csv.read(laterRun.resolve("watched.csv"))).isEqualTo(watched);
        assertThat(laterRun.resolve("settings.json")).hasSameTextualContentAs(runFolder.resolve("settings.json"));
        assertThat(Hashes.sha256(laterRun.resolve("matrix.csv"))).isEqualTo(matrix);
        run("run", study.file, "--results", later);
        refused("watched", "run", none, "--results", later); // fewer than were watched

        Path last2 = study.write("last.json", settings.replace("\"watched\": [\"web\"],", "\"keep_weights\": \"last\","));
        run("run", last2, "--results", folder.resolve("last"));
        refused("keep_weights all keeps it", "run", study.write("more.json", settings.replace("\"watched\"",
                "\"keep_weights\": \"last\", \"watched\"")), "--results", folder.resolve("last"));
    }
}
