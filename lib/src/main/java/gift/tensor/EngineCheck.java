package gift.tensor;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.machine.EngineMode;
import gift.tensor.machine.EngineReport;
import gift.tensor.machine.Processor;
import gift.tensor.machine.TorchSwitches;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts the engine, and believes it only after a trial: on some processors libtorch 2.7.1 computes some convolutions
 * wrong without a word.
 *
 * <p>The trial takes about a second and is made once for each processor, version and number of threads; its report is
 * kept in the engine's cache folder. If something is wrong the next safer {@link EngineMode} is tried, one line on the
 * error stream says so, and if none is right nothing is computed. Everything goes this way that makes its arrays through
 * {@link Devices}.
 */
public final class EngineCheck {
    /**
     * System property for tests: {@code NAME:N} alters one value of the operation NAME in the first N modes that are
     * tried.
     */
    static final String FAULT = "gift.engine.fault";

    /** System property: the folder of the reports; unless set, one in the engine's cache folder. */
    static final String REPORTS = "gift.engine.reports";

    private static final int VERSION = 4; // of the trial: reports of another one are not used
    private static volatile EngineMode mode = EngineMode.AS_IT_IS;
    private static EngineReport report;
    private static boolean starting;

    private EngineCheck() {}

    /** How the engine computes. */
    static EngineMode mode() {
        return mode;
    }

    /**
     * Starts the engine if it is not started yet.
     *
     * @return what was found; null while the trial itself runs
     * @throws InputException if no mode computes right
     */
    public static synchronized EngineReport start() {
        if (report == null && !starting) {
            starting = true;
            try {
                Engine engine = Engine.getEngine(Devices.ENGINE);
                TorchSwitches.nnpack(false);
                report = report(engine.getVersion());
            } finally {
                starting = false;
            }
        }
        return report;
    }

    private static EngineReport report(String version) {
        Processor processor = Processor.here();
        int threads = JniUtils.getNumThreads();
        String fault = System.getProperty(FAULT, "");
        String key = Json.line(List.of(VERSION, processor, version, threads, fault));
        String folder = System.getProperty(REPORTS);
        Path file = (folder == null ? Utils.getEngineCacheDir().resolve("gift-engine-check") : Path.of(folder))
                .resolve(Hashes.sha256(key.getBytes(StandardCharsets.UTF_8)).substring(0, 16) + ".json");
        EngineReport earlier = read(file);
        if (earlier != null) {
            set(earlier.mode());
            return earlier.fromCache();
        }
        EngineReport made = tried(processor.name(), version, threads, fault);
        if (made.mode() != EngineMode.AS_IT_IS) {
            System.err.println("gift: " + made.text());
        }
        try {
            AtomicFiles.writeString(file, Json.write(made));
        } catch (InputException e) {
            // no cache folder to write to: the next process makes the trial again
        }
        return made;
    }

    /** The report of an earlier process, or null. */
    private static EngineReport read(Path file) {
        try {
            return Files.exists(file) ? Json.read(file, EngineReport.class) : null;
        } catch (InputException e) {
            return null; // written by another version of this library
        }
    }

    private static EngineReport tried(String processor, String version, int threads, String fault) {
        long begin = System.nanoTime();
        String altered = fault.contains(":") ? fault.substring(0, fault.indexOf(':')) : null;
        int alterations = altered == null ? 0 : Integer.parseInt(fault.substring(fault.indexOf(':') + 1));
        List<EngineReport.Wrong> wrong = List.of();
        EngineTrial.Result result = null;
        for (EngineMode candidate : EngineMode.values()) {
            set(candidate);
            result = EngineTrial.run(candidate.ordinal() < alterations ? altered : null);
            if (candidate == EngineMode.AS_IT_IS) {
                wrong = result.wrong();
            }
            if (result.wrong().isEmpty()) {
                double seconds = Math.round((System.nanoTime() - begin) / 1e7) / 100.0;
                return new EngineReport(processor, version, threads, result.cases(), wrong, candidate, seconds, false);
            }
        }
        throw new InputException("on " + processor + " libtorch " + version + " computes wrongly: " + result.wrong().get(0)
                + ", also without oneDNN; try ONEDNN_MAX_CPU_ISA=SSE41, or another machine");
    }

    private static void set(EngineMode wanted) {
        if (wanted == EngineMode.WITHOUT_ONEDNN) {
            TorchSwitches.oneDnn(false);
        }
        mode = wanted;
    }
}
