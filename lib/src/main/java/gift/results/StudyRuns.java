package gift.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import gift.continual.Method.Learns;
import gift.eval.AccuracyMatrix;
import gift.eval.ForeignMatrix;
import gift.eval.Metrics;
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
 * The finished runs of a study: accuracy matrices by method and seed. They come from a run store,
 * {@code <study>/<method>/<seed>/matrix.csv}, or from bare matrices, {@code <study>/<method>/<seed>.csv}
 * ({@code .npy}, {@code .log}, {@code .txt}), the project's own or what the published code leaves ({@link ForeignMatrix}).
 *
 * @param name of the study
 * @param runs finished ones, methods in the order of {@link MethodNames}, then by seed; all over the same tasks
 * @param notes one line for each run that is left out because it is not finished
 */
public record StudyRuns(String name, List<Run> runs, List<String> notes) {
    private static final String SEED = "-?\\d{1,18}";
    private static final String BARE = "\\.(csv|npy|log|txt)"; // of a matrix alone

    /**
     * One run.
     *
     * @param metrics of the matrix; joint training has no Transfer
     * @param folder that holds its settings, losses and weights; null where only the matrix is kept
     */
    public record Run(String method, long seed, AccuracyMatrix matrix, Metrics metrics, Path folder) {
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
        runs = named(runs).stream().sorted(Comparator.comparing(Run::method, MethodNames.order()).thenComparing(Run::seed)).toList();
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
        List<String> names = new ArrayList<>();
        for (Path study : inside(root)) {
            if (inside(study).stream().anyMatch(method -> inside(method).stream().anyMatch(StudyRuns::isRun))) {
                names.add(study.getFileName().toString());
            }
        }
        return names;
    }

    /**
     * Reads a study's matrices.
     *
     * @param folder of the study
     * @param name under which it appears
     * @throws InputException naming the file, if a matrix is broken, or if no run is finished
     */
    public static StudyRuns read(Path folder, String name) {
        List<Run> runs = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        collect(folder, runs, notes);
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
        List<Run> runs = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        collect(folders.runs().resolve(study), runs, notes);
        int own = runs.size();
        List<Run> reference = new ArrayList<>();
        collect(folders.reference().resolve(study), reference, notes);
        reference.stream().filter(run -> runs.subList(0, own).stream()
                .noneMatch(mine -> mine.method.equals(run.method) && mine.seed == run.seed)).forEach(runs::add);
        if (own > 0 && runs.size() > own) {
            notes.add(own + " runs are your own, " + (runs.size() - own) + " those of the committed reference");
        }
        return runs.isEmpty() ? Optional.empty() : Optional.of(new StudyRuns(study, runs, notes));
    }

    private static void collect(Path folder, List<Run> runs, List<String> notes) {
        for (Path method : inside(folder)) {
            for (Path entry : inside(method)) {
                if (isRun(entry)) {
                    read(entry, method.getFileName().toString(), runs, notes);
                }
            }
        }
    }

    /** These runs for some of the methods alone, those that there are. */
    public StudyRuns only(String... methods) {
        return new StudyRuns(name, runs.stream().filter(run -> List.of(methods).contains(run.method)).toList(), notes);
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
        return Files.isDirectory(entry) ? name.matches(SEED) && (Files.exists(entry.resolve("settings.json"))
                || Files.exists(entry.resolve("matrix.csv"))) : name.matches(SEED + BARE);
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

    /** The tasks in the order of training. */
    public List<String> tasks() {
        return runs.get(0).matrix.tasks();
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
     * One run.
     *
     * @param method null for GIFT, or the last method where GIFT has no run
     * @param seed null for the first
     * @throws InputException naming what there is, if there is no such run
     */
    public Run run(String method, Long seed) {
        List<String> methods = methods();
        String wanted = method != null ? method : methods.contains("gift") ? "gift" : methods.get(methods.size() - 1);
        if (!methods.contains(wanted)) {
            throw new InputException("study " + name + " has no finished run of '" + wanted + "'"
                    + Json.nearest(wanted, methods));
        }
        return of(wanted).stream().filter(run -> seed == null || run.seed == seed).findFirst()
                .orElseThrow(() -> new InputException("study " + name + " has no finished run of " + wanted + " with seed "
                        + seed + "; its seeds: " + of(wanted).stream().map(Run::seed).toList()));
    }
}
