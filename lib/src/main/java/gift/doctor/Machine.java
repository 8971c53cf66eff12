package gift.doctor;

import com.sun.management.OperatingSystemMXBean;
import gift.io.AtomicFiles;
import gift.tensor.Devices;
import gift.tensor.EngineCheck;
import gift.tensor.Gpus;
import gift.tensor.machine.EngineReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The machine as the doctor sees it.
 *
 * @param memory bytes of the machine
 * @param heap bytes that Java may take of them
 * @param gpus bytes of memory of every GPU that the driver shows
 * @param engine the engine's own account; fails where its library does not load
 * @param half whether training in bf16 pays on the CPU; measured when it is asked
 * @param environment variables
 * @param disk where a path lies
 */
record Machine(long memory, long heap, List<Long> gpus, Supplier<EngineFacts> engine, Supplier<HalfTraining> half,
        Map<String, String> environment, Function<Path, Disk> disk) {

    /** The engine's version, the GPUs that it can use, whether it is built for CUDA, whether it computes right on this CPU. */
    record EngineFacts(String version, int gpus, boolean cuda, EngineReport check) {}

    /** A file system: its name, and how many bytes are free; whether the path's nearest folder may be written to. */
    record Disk(String name, long free, boolean writable) {}

    static Machine here() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(system.getTotalMemorySize(), Runtime.getRuntime().maxMemory(), driver(), () -> {
            EngineReport check = EngineCheck.start();
            return new EngineFacts(check.engine(), Devices.gpus(), Gpus.cudaBuild(), check);
        }, HalfTraining::measure, System.getenv(), Machine::diskOf);
    }

    private static Disk diskOf(Path path) {
        Path there = path.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            FileStore store = Files.getFileStore(there);
            return new Disk(store.name(), store.getUsableSpace(), Files.isDirectory(there) && Files.isWritable(there));
        } catch (IOException e) {
            throw new IllegalStateException("cannot ask for the space at " + there + ": " + AtomicFiles.oneLine(e), e);
        }
    }

    /** What nvidia-smi says; nothing where there is none. */
    private static List<Long> driver() {
        try {
            Process process = new ProcessBuilder("nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String answer = new String(process.getInputStream().readAllBytes());
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? answer.lines().map(String::strip).filter(l -> l.matches("\\d+")).map(l -> Long.parseLong(l) << 20).toList()
                    : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
