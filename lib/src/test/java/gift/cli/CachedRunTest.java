package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A study whose images and features come from a cache ends in the same bits as one without. */
class CachedRunTest {
    @TempDir
    Path folder;

    private SmallStudy study;

    private Terminal run(Path results, Object... more) {
        return Terminal.run(Stream.concat(Stream.of("run", study.file, "--results", results, "--device", "cpu"),
                Stream.of(more)).toArray());
    }

    @Test
    void aCacheChangesNothing() throws IOException {
        study = new SmallStudy(folder);
        study.write("study.json", """
                {"name": "small", "data": ".", "model": "clip.json", "tasks": ["first", "second"], "watched": ["web"],
                 "references": {"real": {"set": "web", "pictures": 12}}, "seeds": [1, 2],
                 "methods": {"zeroshot": {}, "zscl_star": {}},
                 "training": {"iterations": 3, "batch_size": 3, "reference_batch_size": 3, "learning_rate": 1e-3}}
                """);
        Path cache = folder.resolve("packed");
        Terminal plain = run(folder.resolve("plain"));
        assertThat(plain.err()).isEmpty();
        Terminal pack = Terminal.run("data", "pack", "first", "second", "web", "--data", folder, "--resolution", 16);
        assertThat(pack.code()).as(pack.err()).isZero();
        assertThat(pack.out().lines().filter(line -> line.contains("equal to the files"))).hasSize(6);

        Terminal cached = run(folder.resolve("cached"), "--cache", cache);
        assertThat(cached.code()).as(cached.err()).isZero();
        for (String method : List.of("zeroshot", "zscl_star")) {
            for (String file : List.of("matrix.csv", "classes.csv", "settings.json")) {
                assertThat(one("cached", method, file)).isEqualTo(one("plain", method, file));
            }
        }
        assertThat(one("cached", "zscl_star", "weights/02_second.safetensors"))
                .isEqualTo(one("plain", "zscl_star", "weights/02_second.safetensors"));
        // three sets that the initial model is evaluated on, and the pairs under the initial model as teacher
        assertThat(cache.resolve("features").toFile().list()).hasSize(4);

        Path first = folder.resolve("first/train/" + firstClass() + "/0.png");
        Files.setLastModifiedTime(first, FileTime.fromMillis(1));
        Terminal stale = run(folder.resolve("stale"), "--cache", cache);
        assertThat(stale.code()).isEqualTo(Gift.BAD_INPUT);
        assertThat(stale.err()).contains("stale").contains(first.toString());
    }

    private byte[] one(String results, String method, String file) throws IOException {
        return Files.readAllBytes(folder.resolve(results).resolve("small").resolve(method).resolve("2").resolve(file));
    }

    private String firstClass() {
        return folder.resolve("first/train").toFile().list()[0];
    }
}
