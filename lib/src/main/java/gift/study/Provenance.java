package gift.study;

import gift.io.AtomicFiles;
import gift.io.Json;
import gift.train.Environment;
import gift.train.PeakMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the numbers of a run come from: {@code provenance.json} in its folder. A session is the work of one process on
 * the run; what a killed one did after it last wrote this file is not counted.
 *
 * @param settingsHash the hash in {@code settings.json}
 * @param started when the first session began, UTC
 * @param ended when the run was finished, or null
 * @param wallSeconds of all sessions
 * @param peakMemoryGib largest resident memory of any session; null where the system does not say
 * @param resumptions sessions after the first
 * @param sha256 of what went in, by name
 * @param data how many images each data set has
 * @param environment of the last session
 * @param sessions in their order
 */
public record Provenance(String settingsHash, String started, String ended, double wallSeconds, Double peakMemoryGib,
        int resumptions, Map<String, String> sha256, List<Counts> data, Environment environment, List<Session> sessions) {

    /** Sizes of a data set; of test images those that are used. */
    public record Counts(String name, int classes, int train, int test) {}

    /** @param commit of the code, as in {@link Environment} */
    public record Session(String started, double wallSeconds, Double peakMemoryGib, String commit, String device) {}

    /** Reads the file. */
    public static Provenance read(Path file) {
        return Json.read(file, Provenance.class);
    }

    /** Keeps the file of one run up to date during one session. */
    static final class Writer {
        private final Path file;
        private final List<Session> earlier;
        private final String settingsHash;
        private final Inputs inputs;
        private final String start = now();
        private final long clock = System.nanoTime();
        private final PeakMemory memory = PeakMemory.watch();

        /** Begins a session. */
        Writer(Path file, String settingsHash, Inputs inputs) {
            this(file, settingsHash, inputs, true);
        }

        /** @param begin whether the run counts as unfinished from now on; else nothing is written before {@link #finish} */
        Writer(Path file, String settingsHash, Inputs inputs, boolean begin) {
            this.file = file;
            this.settingsHash = settingsHash;
            this.inputs = inputs;
            this.earlier = Files.exists(file) ? read(file).sessions() : List.of();
            if (begin) {
                write(null);
            }
        }

        /** The work up to now counts, whatever happens next. */
        void update() {
            write(null);
        }

        /** The run is finished. */
        Provenance finish() {
            return write(now());
        }

        private Provenance write(String ended) {
            double seconds = Math.round((System.nanoTime() - clock) / 1e8) / 10.0;
            double peak = Math.round(memory.watchedGib() * 1000) / 1000.0;
            Environment environment = inputs.environment();
            List<Session> sessions = new ArrayList<>(earlier);
            sessions.add(new Session(start, seconds, peak > 0 ? peak : null, environment.commit(), environment.device()));
            Provenance all = new Provenance(settingsHash, sessions.get(0).started, ended,
                    Math.round(sessions.stream().mapToDouble(Session::wallSeconds).sum() * 10) / 10.0,
                    sessions.stream().map(Session::peakMemoryGib).filter(p -> p != null).max(Double::compare).orElse(null),
                    sessions.size() - 1, inputs.sha256(), inputs.counts(), environment, sessions);
            AtomicFiles.writeString(file, Json.write(all));
            return all;
        }

        private static String now() {
            return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        }
    }

    /** What goes into the runs of a study. */
    record Inputs(Map<String, String> sha256, List<Counts> counts, Environment environment) {}
}
