package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import gift.io.Overrides;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings beside a file: the same effect and the same checks as in it. */
class SetTest {
    @TempDir
    Path folder;

    private SmallStudy study;

    @BeforeEach
    void make() {
        study = new SmallStudy(folder);
    }

    private static String run(Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err()).isEmpty();
        return terminal.out();
    }

    private static void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ").doesNotContain("Exception");
        assertThat(terminal.code()).isEqualTo(2);
    }

    @Test
    void valuesAreJsonOrText() {
        JsonNode tree = Json.parse("test", "{\"a\": 1, \"b\": {\"c\": 2}}");
        assertThat(Json.line(new Overrides(List.of("a=[1, 2]", "b.c=cpu", "b.d.e=1e-3", "f=", "g=a=b", "h=true", "a=x,y"))
                .applyTo(tree))).isEqualTo("{\"a\":\"x,y\",\"b\":{\"c\":\"cpu\",\"d\":{\"e\":0.001}},\"f\":\"\",\"g\":\"a=b\",\"h\":true}");
        assertThat(Json.line(tree)).isEqualTo("{\"a\":1,\"b\":{\"c\":2}}");
    }

    @Test
    void ofAStudy() {
        String text = run("run", study.file, "--explain", "--set", "training.iterations=7", "--set", "seeds=[3,4]",
                "--set", "methods.gift.alignment=0.5", "--model", folder.resolve("other"));
        assertThat(text).contains("\"iterations\" : 7", "\"seeds\" : [ 3, 4 ]", "\"alignment\" : 0.5", folder.resolve("other").toString());
        refused("unknown key 'itrations'", "run", study.file, "--explain", "--set", "training.itrations=7");
        refused("iterations -1 must be at least 0", "run", study.file, "--set", "training.iterations=-1");
        refused("write KEY=VALUE", "run", study.file, "--set", "training");
        refused("name is no object with keys", "run", study.file, "--set", "name.x=1");
        refused("no method 'gibt' in it", "run", study.file, "--explain", "--method", "gibt");
        refused("leave out", "run", study.file, "--dry", "--set", "name=x");
        study.write("study.json", "{\"name\": \"two\", \"data\": \".\", \"model\": \"clip.json\", \"tasks\": [\"first\"],"
                + " \"methods\": {\"finetune\": {}, \"wc\": {}}}");
        assertThat(run("run", study.file, "--explain", "--method", "wc")).contains("\"wc\"").doesNotContain("\"finetune\"");
    }

    @Test
    void ofRecipePlanAndTuning() {
        refused("unknown key 'modle'", "pretrain", folder.resolve("clip.json"), "--set", "modle=1");
        run("pretrain", folder.resolve("clip.json"), "--set", "iterations=1", "--set", "output=elsewhere");
        assertThat(folder.resolve("elsewhere/model.safetensors")).isRegularFile();
        Path plan = study.write("plan.json", "{\"model\": \"none\", \"tasks\": [\"MNIST\"]}");
        refused("images 0 must be between", "generate", plan, "--set", "images=0");
        Path tuning = study.write("tuning.json", "{\"study\": \"study.json\", \"tasks\": [\"second\"], \"seeds\": [1],"
                + " \"grids\": {\"gift\": {\"alignment\": [0, 1]}}}");
        refused("choose_by 'best'", "tune", tuning, "--set", "choose_by=best", "--results", study.results);
        refused("--set", "train-diffusion", folder.resolve("clip.json"), "--set", "sets");
        refused("--set", "train-autoencoder", folder.resolve("clip.json"), "--set", "sets");
    }
}
