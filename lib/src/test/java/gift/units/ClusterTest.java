package gift.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Units through a real Slurm and a real Spark on this machine, by the users' scripts; skipped where they are not installed. Both
 * run at once, because each waits much: for daemons, for what is to be killed, for time limits.
 */
class ClusterTest {
    private static final int SKIPPED = 77;
    private static final long PATIENCE = 900; // seconds, for a busy machine
    private static final Map<String, Process> SCRIPTS = new LinkedHashMap<>();

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws IOException {
        for (String script : new String[] {"slurm.sh", "spark.sh"}) {
            ProcessBuilder builder = new ProcessBuilder("bash", "../environment/cluster/" + script, "--no-install", "--one",
                    folder.resolve("one").toString()) // what one process makes, for both
                    .redirectErrorStream(true).redirectOutput(log(script).toFile());
            builder.environment().put("GIFT_CLASSPATH", System.getProperty("java.class.path"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            SCRIPTS.put(script, builder.start());
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        for (Process script : SCRIPTS.values()) {
            script.destroy(); // it stops the cluster
            script.waitFor();
        }
    }

    private static Path log(String script) {
        return folder.resolve(script + ".log");
    }

    @Test
    void slurm() throws IOException, InterruptedException {
        ends("slurm.sh");
    }

    @Test
    void spark() throws IOException, InterruptedException {
        ends("spark.sh");
    }

    private static void ends(String script) throws IOException, InterruptedException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), script + " needs Linux");
        Process process = SCRIPTS.get(script);
        assertThat(process.waitFor(PATIENCE, TimeUnit.SECONDS)).as(script + " ends").isTrue();
        String said = Files.readString(log(script));
        assumeTrue(process.exitValue() != SKIPPED, said.strip());
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("equal: ", "done twice: 0");
    }
}
