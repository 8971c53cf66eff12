package gift.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units through a real Slurm and a real Spark on this machine, by the users' scripts; skipped where they are not installed. */
class ClusterTest {
    private static final int SKIPPED = 77;
    private static final long PATIENCE = 900; // seconds, for a busy machine

    @TempDir
    static Path one; // what one process makes, for both

    @TempDir
    Path folder;

    @Test
    void slurm() throws IOException, InterruptedException {
        run("slurm.sh");
    }

    @Test
    void spark() throws IOException, InterruptedException {
        run("spark.sh");
    }

    private void run(String script) throws IOException, InterruptedException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), script + " needs Linux");
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder("bash", "../environment/cluster/" + script, "--no-install", "--one", one.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("GIFT_CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE, TimeUnit.SECONDS)).as(script + " ends").isTrue();
        } finally {
            process.destroy(); // it stops the cluster
        }
        String said = Files.readString(log);
        assumeTrue(process.exitValue() != SKIPPED, said.strip());
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("equal: ", "done twice: 0");
    }
}
