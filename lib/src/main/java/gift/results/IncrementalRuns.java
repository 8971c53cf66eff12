package gift.results;

import com.fasterxml.jackson.databind.JsonNode;
import gift.eval.IncrementalLog;
import gift.eval.IncrementalMatrix;
import gift.eval.IncrementalMetrics;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
    private static final String SEED = "-?\\d{1,18}";
    private static final String MATRIX = "matrix.csv";

    /**
     * One run.
     *
     * @param folder that holds its settings and files; null of a matrix or log alone
     */
    public record Run(String method, long seed, IncrementalMatrix matrix, IncrementalMetrics metrics, Path folder) {
        /** A finished run. */
        public static Run of(String method, long seed, IncrementalMatrix matrix, Path folder) {
            return new Run(method, seed, matrix, IncrementalMetrics.of(matrix), folder);
        }
    }

    /** @throws InputException if two runs have other steps */
    public IncrementalRuns {
        runs = runs.stream().sorted(Comparator.comparing(Run::method, MethodNames.order()).thenComparing(Run::seed)).toList();
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
        return inside(root).stream().filter(study ->
                inside(study).stream().anyMatch(method -> inside(method).stream().anyMatch(IncrementalRuns::isRun)))
                .map(study -> study.getFileName().toString()).toList();
    }

    private static boolean isRun(Path entry) {
        String file = entry.getFileName().toString();
        return Files.isDirectory(entry) ? file.matches(SEED) && IncrementalMatrix.isOne(entry.resolve(MATRIX))
                : file.matches(SEED + "\\.csv") && IncrementalMatrix.isOne(entry)
                || file.matches(SEED + "\\.json") && IncrementalLog.isOne(entry);
    }

    /**
     * Reads a study's runs.
     *
     * @param study its folder
     * @param name under which it appears
     * @throws InputException naming the file, if one is broken, or if no run is finished
     */
    public static IncrementalRuns read(Path study, String name) {
        List<Run> runs = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        collect(study, runs, notes);
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
        List<Run> own = new ArrayList<>();
        List<Run> reference = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        collect(folders.runs().resolve(study), own, notes);
        collect(folders.reference().resolve(study), reference, notes);
        reference.removeIf(run -> own.stream().anyMatch(mine -> mine.method.equals(run.method) && mine.seed == run.seed));
        if (!own.isEmpty() && !reference.isEmpty()) {
            notes.add(own.size() + " runs are your own, " + reference.size() + " those of the committed reference");
        }
        List<Run> all = Stream.concat(own.stream(), reference.stream()).toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(new IncrementalRuns(study, all, notes));
    }

    /** These runs for some of the methods alone, those that there are. */
    public IncrementalRuns only(String... methods) {
        return new IncrementalRuns(name, runs.stream().filter(run -> List.of(methods).contains(run.method)).toList(), notes);
    }

    private static void collect(Path study, List<Run> runs, List<String> notes) {
        for (Path method : inside(study)) {
            for (Path entry : inside(method)) {
                if (isRun(entry)) {
                    read(entry, method.getFileName().toString(), runs, notes);
                }
            }
        }
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

    /** What a folder holds, by name; nothing if it is no folder. */
    private static List<Path> inside(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new InputException("cannot read the folder " + folder + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** The methods that have a finished run. */
    public List<String> methods() {
        return runs.stream().map(Run::method).distinct().toList();
    }

    /** The finished runs of a method, by seed. */
    public List<Run> of(String method) {
        return runs.stream().filter(run -> run.method.equals(method)).toList();
    }

    /**
     * One run of a run store.
     *
     * @param method null for GIFT, or the last method where GIFT has no run
     * @param seed null for the first
     * @throws InputException naming what there is, if there is no such run
     */
    public Run run(String method, Long seed) {
        List<String> methods = methods();
        String wanted = method != null ? method : methods.contains("gift") ? "gift" : methods.get(methods.size() - 1);
        InputException.require(methods.contains(wanted), "study " + name + " has no finished run of '" + wanted + "'"
                + Json.nearest(wanted, methods));
        return of(wanted).stream().filter(run -> seed == null || run.seed == seed).findFirst().orElseThrow(() ->
                new InputException("study " + name + " has no finished run of " + wanted + " with seed " + seed + "; its seeds: "
                        + of(wanted).stream().map(Run::seed).toList()));
    }

    /** The data set whose classes are learnt, from the settings of a run; empty where no run has any. */
    public String dataSet() {
        return runs.stream().filter(run -> run.folder != null && Files.isRegularFile(run.folder.resolve("settings.json")))
                .map(run -> Json.tree(run.folder.resolve("settings.json")).path("tasks").path(0))
                .filter(JsonNode::isTextual).map(JsonNode::asText).findFirst().orElse("");
    }
}
