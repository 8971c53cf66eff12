package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.eval.AccuracyMatrix;
import gift.io.Hashes;
import gift.io.SafeTensors;
import gift.io.TensorSource;
import gift.study.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

        // the second and third run keep only the weights that the next task starts from
        String settings = Files.readString(study.file);
        int kills = 0;
        for (int attempt = 0; attempt < 3; attempt++) {
            Path killed = folder.resolve("killed" + attempt);
            study.write("study.json", attempt == 0 ? settings
                    : settings.replace("\"name\"", "\"keep_weights\": \"last\", \"name\""));
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
            Provenance provenance = Provenance.read(killed.resolve("small/gift/42/provenance.json"));
            assertThat(provenance.resumptions()).isEqualTo(1);
            assertThat(provenance.sessions()).hasSize(2);
            assertThat(killed.resolve("small/gift/42/weights/01_first.safetensors").toFile().exists()).isEqualTo(attempt == 0);
        }
        assertThat(kills).as("runs that were killed before their end").isPositive();
    }

    /** Killed after the weights of a task were written and before its checkpoint was removed. */
    @Test
    void aCheckpointOfATaskThatIsLearnt() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        Path results = folder.resolve("whole");
        assertThat(Terminal.run("run", study.file, "--results", results).code()).isZero();
        String expected = Hashes.sha256(study.lastWeights(results));
        Path run = results.resolve("small/gift/42");
        Files.delete(study.lastWeights(results));
        List<String> rows = Files.readAllLines(run.resolve("matrix.csv"));
        Files.write(run.resolve("matrix.csv"), rows.subList(0, 2)); // before training
        SafeTensors.write(run.resolve("checkpoint.safetensors"), Map.of("next", "60", "fingerprint", "of the first task"),
                List.of(TensorSource.of("a", new long[] {1}, new float[] {1})));
        Terminal again = Terminal.run("run", study.file, "--results", results);
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(Hashes.sha256(study.lastWeights(results))).isEqualTo(expected);
        assertThat(Files.readAllLines(run.resolve("matrix.csv"))).isEqualTo(rows);
    }

    /** Ctrl-C or SIGTERM: during the pretraining, in a task, and in the evaluation that follows a task. */
    @Test
    void theUserEndsItAtACheckpoint() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        study.write("clip.json", Files.readString(folder.resolve("clip.json")).replace("\"iterations\": 12", "\"iterations\": 100"));
        Path results = folder.resolve("ended");
        Path run = results.resolve("small/gift/42");
        for (Path sign : new Path[] {folder.resolve("clip/checkpoint.safetensors"), run.resolve("losses/01_first.csv"),
            run.resolve("weights/01_first.safetensors")}) {
            Path log = folder.resolve("log.txt");
            Process process = Forked.startLogged(log, "run", study.file, "--results", results, "--device", "cpu");
            while (process.isAlive() && !Files.exists(sign)) {
                process.waitFor(5, TimeUnit.MILLISECONDS);
            }
            process.destroy(); // SIGTERM
            assertThat(process.waitFor()).as(sign + ": " + Files.readString(log)).isEqualTo(130);
            assertThat(Files.readString(log)).contains("gift: stopped at a checkpoint; the same command goes on from there");
            assertThat(run.resolve("matrix.csv").toFile().exists() && AccuracyMatrix.read(run.resolve("matrix.csv")).isComplete())
                    .isFalse();
        }
        assertThat(start(study, results).waitFor()).isZero();
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
