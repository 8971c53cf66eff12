package gift.results;

import com.fasterxml.jackson.databind.JsonNode;
import gift.eval.IncrementalLog;
import gift.eval.IncrementalMatrix;
import gift.eval.IncrementalMetrics;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The finished runs of a class-incremental study, by method and seed. They come from a run store,
 * {@code <study>/<method>/<seed>/} with {@code matrix.csv} and {@code seen.csv}, or are matrices alone, {@code <seed>.csv} with
 * {@code <seed>.seen.csv}, or logs of the published code, {@code <seed>.json} ({@link IncrementalLog}).
 *
 * @param name of the study
 * @param runs finished ones, methods in the order of {@link MethodNames}, then by seed; all of the same steps
 * @param notes one line for each run that is left out because it is not finished
 */
public record IncrementalRuns(String name, List<Run> runs, List<String> notes) {
    private static final String MATRIX = "matrix.csv";

    /**
     * One run.
     *
     * @param folder that holds its settings and files; null of a matrix or log alone
     */
    public record Run(String method, long seed, IncrementalMatrix matrix, IncrementalMetrics metrics, Path folder)
            implements SeededRun {
        /** A finished run. */
        public static Run of(String method, long seed, IncrementalMatrix matrix, Path folder) {
            return new Run(method, seed, matrix, IncrementalMetrics.of(matrix), folder);
        }
    }

    /** @throws InputException if two runs have other steps */
    public IncrementalRuns {
        runs = SeededRuns.sorted(runs);
        notes = List.copyOf(notes);
        for (Run run : runs) {
            Run first = runs.get(0);
            boolean known = !run.matrix.classes().isEmpty() && !first.matrix.classes().isEmpty();
            if (run.matrix.steps() != first.matrix.steps() || known && !run.matrix.classes().equals(first.matrix.classes())) {
                throw new InputException("study " + name + ": " + first.method + " and " + run.method + " (seed " + run.seed
                        + ") ran over other steps, so they share no table: " + first.matrix.steps() + " and " + run.matrix.steps()
                        + " steps, " + first.matrix.classes() + " and " + run.matrix.classes() + " classes");
            }
        }
    }

    /** Names of the studies below a folder that have a class-incremental run. No folder: no study. */
    public static List<String> studies(Path root) {
        return SeededRuns.studies(root, IncrementalRuns::isRun);
    }

    private static boolean isRun(Path entry) {
        String file = entry.getFileName().toString();
        return Files.isDirectory(entry) ? file.matches(SeededRuns.SEED) && IncrementalMatrix.isOne(entry.resolve(MATRIX))
                : file.matches(SeededRuns.SEED + "\\.csv") && IncrementalMatrix.isOne(entry)
                || file.matches(SeededRuns.SEED + "\\.json") && IncrementalLog.isOne(entry);
    }

    /**
     * Reads a study's runs.
     *
     * @param study its folder
     * @param name under which it appears
     * @throws InputException naming the file, if one is broken, or if no run is finished
     */
    public static IncrementalRuns read(Path study, String name) {
        List<String> notes = new ArrayList<>();
        List<Run> runs = collect(study, notes);
        if (runs.isEmpty()) {
            throw new InputException("study " + name + " has no finished class-incremental run in " + study
                    + (notes.isEmpty() ? "" : "; " + String.join("; ", notes)));
        }
        return new IncrementalRuns(name, runs, notes);
    }

    /**
     * A study's own runs, and of the committed reference those that are not among them; a note says how many are whose.
     *
     * @param study its name
     * @return nothing where neither has a finished run
     * @throws InputException naming the file, if one is broken, or if the two ran over other steps
     */
    public static Optional<IncrementalRuns> either(ResultFolders folders, String study) {
        List<String> notes = new ArrayList<>();
        List<Run> runs = SeededRuns.either(collect(folders.runs().resolve(study), notes),
                collect(folders.reference().resolve(study), notes), notes);
        return runs.isEmpty() ? Optional.empty() : Optional.of(new IncrementalRuns(study, runs, notes));
    }

    /** These runs for some of the methods alone, those that there are. */
    public IncrementalRuns only(String... methods) {
        return new IncrementalRuns(name, SeededRuns.of(runs, methods), notes);
    }

    private static List<Run> collect(Path study, List<String> notes) {
        List<Run> runs = new ArrayList<>();
        SeededRuns.each(study, IncrementalRuns::isRun, (entry, method) -> read(entry, method, runs, notes));
        return runs;
    }

    private static void read(Path entry, String method, List<Run> runs, List<String> notes) {
        boolean stored = Files.isDirectory(entry);
        IncrementalLog log = entry.toString().endsWith(".json") ? IncrementalLog.read(entry) : null;
        IncrementalMatrix matrix = log != null ? log.matrix() : IncrementalMatrix.read(stored ? entry.resolve(MATRIX) : entry);
        if (!matrix.isComplete() || log != null && log.last() == null) {
            notes.add("left out, not finished: " + entry + " (" + matrix.rows() + " steps)");
            return;
        }
        String seed = entry.getFileName().toString().replaceFirst("\\.(csv|json)$", "");
        runs.add(Run.of(method, Long.parseLong(seed), matrix, stored ? entry : null));
    }

    /** The methods that have a finished run. */
    public List<String> methods() {
        return SeededRuns.methods(runs);
    }

    /** The finished runs of a method, by seed. */
    public List<Run> of(String method) {
        return SeededRuns.of(runs, method);
    }

    /**
     * One run of a run store.
     *
     * @param method null for GIFT, or the last method where GIFT has no run
     * @param seed null for the first
     * @throws InputException naming what there is, if there is no such run
     */
    public Run run(String method, Long seed) {
        return SeededRuns.run(name, runs, method, seed);
    }

    /** The data set whose classes are learnt, from the settings of a run; empty where no run has any. */
    public String dataSet() {
        return runs.stream().filter(run -> run.folder != null && Files.isRegularFile(run.folder.resolve("settings.json")))
                .map(run -> Json.tree(run.folder.resolve("settings.json")).path("tasks").path(0))
                .filter(JsonNode::isTextual).map(JsonNode::asText).findFirst().orElse("");
    }
}
