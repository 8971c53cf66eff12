package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Further members of the kinds of StrangersTest: one line in the user's words, nothing left out in silence. */
class StrangersFilesTest {
    @TempDir
    Path folder;

    private SmallStudy study;
    private String settings;

    @BeforeEach
    void make() throws IOException {
        study = new SmallStudy(folder);
        settings = Files.readString(study.file);
    }

    /** @param change a part of the study's settings, and what stands in its place */
    private void refused(String message, String... change) {
        String text = settings;
        for (int i = 0; i < change.length; i += 2) {
            assertThat(text).contains(change[i]);
            text = text.replace(change[i], change[i + 1]);
        }
        Terminal terminal = Terminal.run("run", study.write("study.json", text), "--results", study.results);
        assertThat(terminal.err().strip()).contains(message).hasLineCount(1).startsWith("gift: ")
                .doesNotContain("Exception", "java", "jackson", "Jackson", "JsonToken", "Feature");
        assertThat(terminal.code()).isEqualTo(2);
    }

    @Test
    void settingsOfAnotherKind() {
        refused("at tasks.[0]: {\"first\":1} is not a text in quotes", "[\"first\", \"second\"]", "{\"first\": 1}");
        refused("at methods: [\"gift\"] is not {...} with keys and values",
                settings.substring(settings.indexOf("{\"gift\""), settings.indexOf(",\n \"training\"")), "[\"gift\"]");
        refused("at references.synthetic: \"web\" is not {...} with keys and values", "{\"set\": \"web\", \"pictures\": 0}", "\"web\"");
        refused("not JSON: Non-standard token 'NaN' in line", "1e-3", "NaN");
        refused("not JSON: Unexpected character ('/' (code 47)): maybe a (non-standard) comment? in line 1", "{\"name\"", "// mine\n{\"name\"");
        refused("evaluate_on: \"train\" is not one of \"test\", \"validation\"", "\"name\"", "\"evaluate_on\": \"train\", \"name\"");
    }

    /** The name of a task is part of file names of its runs. */
    @Test
    void tasksOutsideTheFolder() throws IOException {
        Files.createDirectories(folder.resolve("deep"));
        study.write("deep/study.json", settings);
        refused("no data set '../first'", "\"data\": \".\"", "\"data\": \"deep\"", "\"first\"", "\"../first\"");
        refused("no data set ''", "\"first\"", "\"\"");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aClassBehindALinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(folder.resolve("first/train/yellow"), folder.resolve("gone"));
        refused("first: the link " + folder.resolve("first/train/yellow") + " leads nowhere; mend or delete it");
    }

    @Test
    void filesThatAreCutOff() throws IOException {
        Path image = folder.resolve("first/train/red/0.png");
        byte[] whole = Files.readAllBytes(image);
        Files.write(image, Arrays.copyOf(whole, whole.length / 2));
        refused("unreadable image " + image + ": it is cut off or damaged");
        Files.write(image, whole);
        Files.createDirectory(folder.resolve("pairs"));
        study.write("pairs/image_text.csv", "image,text\n0.png,\"a photo\n");
        refused("image_text.csv (", "\"web\", \"pictures\"", "\"pairs\", \"pictures\"");
    }
}
