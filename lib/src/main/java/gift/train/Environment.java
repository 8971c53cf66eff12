package gift.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.sun.management.OperatingSystemMXBean;
import gift.tensor.Devices;
import gift.tensor.EngineCheck;
import gift.tensor.Gpus;
import gift.tensor.machine.Processor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What computes: the code, the libraries, the machine. What cannot be found out is null.
 *
 * @param gift version of this library
 * @param commit of the git repository that the code lies in
 * @param changed whether files of that repository differ from the commit
 * @param memoryGib of the machine
 * @param gpu names as the driver gives them
 * @param device that the run uses
 * @param threads of the engine
 * @param arithmetic how the engine computes on this processor, as {@link EngineCheck} found it right
 * @param tf32 the variables that switch TF32 on a GPU; null where none is set
 */
public record Environment(String gift, String commit, Boolean changed, String djl, String pytorch, String java, String os,
        String cpu, int cores, double memoryGib, String gpu, String device, int threads, String arithmetic,
        @JsonInclude(JsonInclude.Include.NON_NULL) String tf32) {
    private static final int PATIENCE = 10; // seconds for a question to another program

    /** That of this process. */
    public static Environment of(NDManager manager) {
        Engine engine = manager.getEngine();
        Path code = code();
        String commit = ask(code, "git", "rev-parse", "HEAD").orElse(null);
        Boolean changed = commit == null ? null
                : ask(code, "git", "status", "--porcelain", "--untracked-files=no").map(s -> !s.isEmpty()).orElse(null);
        String gpu = Devices.gpus() == 0 ? null
                : ask(code, "nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader").orElse(null);
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String version = Environment.class.getPackage().getImplementationVersion();
        return new Environment(version == null ? "development" : version, commit, changed, Engine.getDjlVersion(),
                engine.getVersion(), System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Processor.modelName().orElse(null), Runtime.getRuntime().availableProcessors(),
                Math.round(system.getTotalMemorySize() / Math.pow(2, 30) * 10) / 10.0, gpu,
                manager.getDevice().toString(), JniUtils.getNumThreads(), EngineCheck.start().mode().toString(),
                Gpus.tf32().isEmpty() ? null : Gpus.tf32());
    }

    /** The folder of the classes or of the jar that they are in. */
    private static Path code() {
        try {
            Path place = Path.of(Environment.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return Files.isDirectory(place) ? place : place.getParent();
        } catch (URISyntaxException | RuntimeException e) {
            return Path.of("").toAbsolutePath();
        }
    }

    /** What a program prints, or nothing if it is not there, fails or takes too long. */
    private static Optional<String> ask(Path folder, String... command) {
        try {
            Path answer = Files.createTempFile("gift-answer", null);
            try {
                Process process = new ProcessBuilder(new ArrayList<>(List.of(command))).directory(folder.toFile())
                        .redirectErrorStream(false).redirectError(ProcessBuilder.Redirect.DISCARD)
                        .redirectOutput(answer.toFile()).start();
                boolean ended = process.waitFor(PATIENCE, TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly();
                }
                return ended && process.exitValue() == 0 ? Optional.of(Files.readString(answer).strip()) : Optional.empty();
            } finally {
                Files.deleteIfExists(answer);
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
