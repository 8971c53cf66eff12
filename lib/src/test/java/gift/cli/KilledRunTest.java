package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed and started again ends in the weights of one that was not, bit for bit. */
class KilledRunTest {
    @TempDir
    Path folder;

    @Test
    void resumingEqualsNotHavingStopped() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        Path whole = folder.resolve("whole");
        assertThat(start(study, whole).waitFor()).isZero();
        String expected = Hashes.sha256(study.lastWeights(whole));

        int kills = 0;
        for (int attempt = 0; attempt < 3; attempt++) {
            Path killed = folder.resolve("killed" + attempt);
            Process process = start(study, killed);
            // kill -9 somewhere in the first or the second task
            String task = attempt == 2 ? "02_second" : "01_first";
            waitForCheckpoint(process, killed, task);
            Thread.sleep(37L * attempt);
            process.destroyForcibly().waitFor();
            kills += Files.exists(study.lastWeights(killed)) ? 0 : 1;

            assertThat(start(study, killed).waitFor()).isZero();
            assertThat(Hashes.sha256(study.lastWeights(killed))).isEqualTo(expected);
            assertThat(leftovers(killed)).isEmpty();
            assertThat(killed.resolve("small/gift/42/matrix.csv"))
                    .hasSameTextualContentAs(whole.resolve("small/gift/42/matrix.csv"));
            assertThat(killed.resolve("small/gift/42/losses/02_second.csv"))
                    .hasSameTextualContentAs(whole.resolve("small/gift/42/losses/02_second.csv"));
        }
        assertThat(kills).as("runs that were killed before their end").isPositive();
    }

    private static Process start(SmallStudy study, Path results) throws IOException {
        return Forked.start("run", study.file, "--results", results, "--device", "cpu");
    }

    /** Until the losses of a task are on disk, which come just before a checkpoint. */
    private static void waitForCheckpoint(Process process, Path results, String task) throws InterruptedException {
        Path losses = results.resolve("small/gift/42/losses/" + task + ".csv");
        while (process.isAlive() && !Files.exists(losses)) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
    }

    private static java.util.List<Path> leftovers(Path results) throws IOException {
        try (Stream<Path> all = Files.walk(results)) {
            return all.filter(p -> p.getFileName().toString().startsWith("checkpoint")).toList();
        }
    }
}
