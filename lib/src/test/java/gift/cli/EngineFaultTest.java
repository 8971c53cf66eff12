package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of an engine that computes wrongly; one altered value stands for the fault. */
class EngineFaultTest {
    private static final String WRONG = "libtorch 2.7.1 computes wrongly: convolution, gradient of the input, fp32 (";

    @TempDir
    Path folder;

    @Test
    void anotherWayIsTakenAndOneLineSaysSo() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        String first = doctor(study, 0, "convolution, gradient of the input:1");
        assertThat(first.lines().filter(line -> line.startsWith("gift: "))).singleElement().asString()
                .contains(WRONG, "it now computes convolutions as matrix products, without oneDNN, which was checked and is right");
        JsonNode finding = finding(first, "arithmetic");
        assertThat(finding.path("level").asText()).isEqualTo("WARNING");
        assertThat(finding.path("text").asText()).contains(WRONG, "checked now");

        String second = doctor(study, 0, "convolution, gradient of the input:1");
        assertThat(second.lines().filter(line -> line.startsWith("gift: "))).isEmpty();
        assertThat(finding(second, "arithmetic").path("text").asText()).contains(WRONG, "checked earlier");
    }

    @Test
    void withoutOneDnnIfThatIsNotEnough() throws Exception {
        String said = doctor(new SmallStudy(folder), 0, "matrix product:2");
        assertThat(finding(said, "arithmetic").path("text").asText()).contains("matrix product, fp32",
                "; so are 2 other operations; it now computes without oneDNN, which was checked");
    }

    @Test
    void nothingIsComputedIfNoWayIsRight() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        String said = doctor(study, 1, "convolution, gradient of the input:3");
        assertThat(finding(said, "engine").path("text").asText()).contains(WRONG, "also without oneDNN");
        assertThat(run(study, 2, "convolution, gradient of the input:3", "run", study.file, "--results", folder.resolve("runs")))
                .startsWith("gift: on ").contains(WRONG).hasLineCount(1);
        assertThat(folder.resolve("runs/small/gift/42/weights")).doesNotExist();
    }

    private String doctor(SmallStudy study, int code, String fault) throws IOException, InterruptedException {
        return run(study, code, fault, "doctor", study.file, "--no-estimate", "--json", "--results", folder.resolve("runs"));
    }

    private String run(SmallStudy study, int code, String fault, Object... arguments) throws IOException, InterruptedException {
        Path log = folder.resolve("log.txt");
        Process process = Forked.startLogged(log, List.of("-Dgift.engine.fault=" + fault,
                "-Dgift.engine.reports=" + folder.resolve("reports")), arguments);
        assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(code);
        return Files.readString(log);
    }

    private static JsonNode finding(String said, String topic) {
        JsonNode report = Json.parse("doctor", said.substring(said.indexOf("{\n")));
        return StreamSupport.stream(report.path("findings").spliterator(), false)
                .filter(f -> f.path("topic").asText().equals(topic)).findFirst().orElseThrow();
    }
}
