package gift.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import gift.continual.Method.Learns;
import gift.eval.AccuracyMatrix;
import gift.eval.ForeignMatrix;
import gift.eval.Metrics;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The finished runs of a study: accuracy matrices by method and seed. They come from a run store,
 * {@code <study>/<method>/<seed>/matrix.csv}, or from bare matrices, {@code <study>/<method>/<seed>.csv}
 * ({@code .npy}, {@code .log}, {@code .txt}), the project's own or what the published code leaves ({@link ForeignMatrix}).
 *
 * @param name of the study
 * @param runs finished ones, methods in the order of {@link MethodNames}, then by seed; all over the same tasks
 * @param notes one line for each run that is left out because it is not finished
 */
public record StudyRuns(String name, List<Run> runs, List<String> notes) {
    private static final String BARE = "\\.(csv|npy|log|txt)"; // of a matrix alone

    /**
     * One run.
     *
     * @param metrics of the matrix; joint training has no Transfer
     * @param folder that holds its settings, losses and weights; null where only the matrix is kept
     */
    public record Run(String method, long seed, AccuracyMatrix matrix, Metrics metrics, Path folder) implements SeededRun {
        /** A finished run. */
        public static Run of(String method, long seed, AccuracyMatrix matrix, Path folder) {
            return new Run(method, seed, matrix, StudyRuns.metrics(method, matrix, folder), folder);
        }
    }

    /**
     * The metrics of a finished run; of joint training without Transfer, since it has seen every task before.
     *
     * @param folder whose settings say whether it is joint training; null where there is none, then its name says it
     */
    public static Metrics metrics(String method, AccuracyMatrix matrix, Path folder) {
        Metrics metrics = Metrics.of(matrix);
        return jointly(method, folder) ? metrics.withoutTransfer() : metrics;
    }

    private static boolean jointly(String method, Path folder) {
        Path settings = folder == null ? null : folder.resolve("settings.json");
        JsonNode learns = settings == null || !Files.exists(settings) ? MissingNode.getInstance()
                : Json.tree(settings).path("method").path("learns");
        return learns.isMissingNode() ? method.equals(MethodNames.JOINT)
                : learns.asText().equalsIgnoreCase(Learns.JOINTLY.name());
    }

    /**
     * @throws InputException if two runs have other tasks
     */
    public StudyRuns {
        runs = SeededRuns.sorted(named(runs));
        notes = List.copyOf(notes);
        for (Run run : runs) {
            if (!run.matrix.tasks().equals(runs.get(0).matrix.tasks())) {
                throw new InputException("study " + name + ": " + runs.get(0).method + " and " + run.method + " (seed "
                        + run.seed + ") ran over other tasks or another order, so they share no table: "
                        + runs.get(0).matrix.tasks() + ", " + run.matrix.tasks());
            }
        }
    }

    /** Runs whose files name no tasks get the names of the others, if there are as many. */
    private static List<Run> named(List<Run> runs) {
        return runs.stream().filter(run -> !isNumbered(run)).findFirst().map(other -> runs.stream()
                .map(run -> isNumbered(run) && run.matrix.tasks().size() == other.matrix.tasks().size()
                        ? Run.of(run.method, run.seed, run.matrix.named(other.matrix.tasks()), run.folder) : run).toList())
                .orElse(runs);
    }

    private static boolean isNumbered(Run run) {
        return run.matrix.tasks().get(0).equals("1");
    }

    /** Names of the studies below a folder: those that have a run in one of the two layouts. No folder: no study. */
    public static List<String> studies(Path root) {
        return SeededRuns.studies(root, StudyRuns::isRun);
    }

    /**
     * Reads a study's matrices.
     *
     * @param folder of the study
     * @param name under which it appears
     * @throws InputException naming the file, if a matrix is broken, or if no run is finished
     */
    public static StudyRuns read(Path folder, String name) {
        List<String> notes = new ArrayList<>();
        List<Run> runs = collect(folder, notes);
        if (runs.isEmpty()) {
            throw new InputException("study " + name + " has no finished run in " + folder
                    + (notes.isEmpty() ? "" : "; " + String.join("; ", notes)));
        }
        return new StudyRuns(name, runs, notes);
    }

    /**
     * A study's own runs, and of the committed reference those that are not among them; a note says how many are whose.
     *
     * @param study its name
     * @return nothing where neither has a finished run
     * @throws InputException naming the file, if a matrix is broken, or if the two ran over other tasks
     */
    public static Optional<StudyRuns> either(ResultFolders folders, String study) {
        List<String> notes = new ArrayList<>();
        List<Run> runs = SeededRuns.either(collect(folders.runs().resolve(study), notes),
                collect(folders.reference().resolve(study), notes), notes);
        return runs.isEmpty() ? Optional.empty() : Optional.of(new StudyRuns(study, runs, notes));
    }

    private static List<Run> collect(Path folder, List<String> notes) {
        List<Run> runs = new ArrayList<>();
        SeededRuns.each(folder, StudyRuns::isRun, (entry, method) -> read(entry, method, runs, notes));
        return runs;
    }

    /** These runs for some of the methods alone, those that there are. */
    public StudyRuns only(String... methods) {
        return new StudyRuns(name, SeededRuns.of(runs, methods), notes);
    }

    private static void read(Path entry, String method, List<Run> runs, List<String> notes) {
        boolean bare = Files.isRegularFile(entry);
        String seed = entry.getFileName().toString().replaceFirst(BARE + "$", "");
        Path file = bare ? entry : entry.resolve("matrix.csv");
        AccuracyMatrix matrix = Files.exists(file) ? ForeignMatrix.read(file) : null;
        if (matrix != null && matrix.isComplete()) {
            runs.add(Run.of(method, Long.parseLong(seed), matrix, bare ? null : entry));
        } else {
            notes.add("left out, not finished: " + entry + " ("
                    + (matrix == null ? "no matrix.csv yet" : matrix.rows() + " of " + matrix.tasks().size() + " tasks") + ")");
        }
    }

    private static boolean isRun(Path entry) {
        String name = entry.getFileName().toString();
        return Files.isDirectory(entry) ? name.matches(SeededRuns.SEED) && (Files.exists(entry.resolve("settings.json"))
                || Files.exists(entry.resolve("matrix.csv"))) : name.matches(SeededRuns.SEED + BARE);
    }

    /** The tasks in the order of training. */
    public List<String> tasks() {
        return runs.get(0).matrix.tasks();
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
     * One run.
     *
     * @param method null for GIFT, or the last method where GIFT has no run
     * @param seed null for the first
     * @throws InputException naming what there is, if there is no such run
     */
    public Run run(String method, Long seed) {
        return SeededRuns.run(name, runs, method, seed);
    }
}
