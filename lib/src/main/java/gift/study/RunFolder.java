package gift.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.eval.AccuracyMatrix;
import gift.eval.ConfusionMatrix;
import gift.eval.ContinuumMetrics.Release;
import gift.eval.IncrementalLog;
import gift.eval.IncrementalMatrix;
import gift.incremental.LabelSpace;
import gift.incremental.SeenAccuracy;
import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.train.FolderLock;
import gift.train.SettingsChange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The folder of one run:
 * <ul>
 *   <li>{@code settings.json}: everything that the result depends on, with its hash
 *   <li>{@code matrix.csv}: accuracy on every task after each task; {@code watched.csv}: on the data sets never learnt
 *   <li>{@code seen.csv}: of a class-incremental run, the accuracy over the classes seen after each step, and
 *       {@code metrics.json}, the log that the published code would write ({@link IncrementalLog})
 *   <li>{@code classes.csv}, {@code confusion/<number>_<task>.csv}: the last evaluation, class by class
 *   <li>{@code losses/<number>_<task>.csv}: every loss of every update
 *   <li>{@code within/<number>_<task>.csv}: accuracies by the updates made, where training says {@code evaluate_every}
 *   <li>{@code dumps/<number>_<task>/<updates>.safetensors}: weights within a task, where it says {@code dump_every}
 *   <li>{@code probes/<number>_<task>.safetensors}: the linear classifiers of methods that train one
 *   <li>{@code weights/<number>_<task>.safetensors}: the model after each task
 *   <li>{@code exemplars/<number>_<task>.json}: which images a method with a memory keeps after each task
 *   <li>{@code fisher/<number>_<task>.safetensors}: what EWC knows of the tasks so far, as long as a later task needs it
 *   <li>{@code provenance.json}: code, machine, time, memory, checksums ({@link Provenance})
 *   <li>{@code checkpoint.safetensors}: the state within a task
 * </ul>
 */
public final class RunFolder {
    private static final String SETTINGS = "settings.json";
    private static final String CONFUSION = "confusion";
    private static final String HASH = "hash";
    private static final String CHECKSUMS = "sha256"; // among the settings
    private static final String WATCHED = "watched";
    /** Settings that runs of earlier versions do not name, and what they were. */
    private static final JsonNode ADDED = Json.parse(SETTINGS,
            "{\"precision\": \"fp32\", \"accumulation\": 1, \"checkpointing\": false, \"of_task\": \"\"}");
    private static final double LEARNING = 0.9; // of the time of a task; the rest is its evaluation

    private final Path folder;
    private final List<String> tasks;

    /** @param tasks of the study, in the order of learning */
    public RunFolder(Path folder, List<String> tasks) {
        this.folder = folder;
        this.tasks = tasks;
    }

    public Path path() {
        return folder;
    }

    Path weights(int t) {
        return folder.resolve("weights").resolve(numbered(t) + ".safetensors");
    }

    Path losses(int t) {
        return folder.resolve("losses").resolve(numbered(t) + ".csv");
    }

    /** The weights after so many updates of task t. */
    Path dump(int t, int updates) {
        return folder.resolve("dumps").resolve(numbered(t)).resolve(updates + ".safetensors");
    }

    /** The linear classifier of task t. */
    Path probe(int t) {
        return folder.resolve("probes").resolve(numbered(t) + ".safetensors");
    }

    /** The memory after task t, of methods that keep one. */
    Path exemplars(int t) {
        return folder.resolve("exemplars").resolve(numbered(t) + ".json");
    }

    /** The Fisher information after task t, of EWC. */
    Path fisher(int t) {
        return folder.resolve("fisher").resolve(numbered(t) + ".safetensors");
    }

    public Path provenance() {
        return folder.resolve("provenance.json");
    }

    private String numbered(int t) {
        return String.format(Locale.ROOT, "%02d_%s", t + 1, tasks.get(t));
    }

    /** Whether the run was brought to its end. */
    public boolean finished() {
        return Files.exists(folder.resolve(SETTINGS)) && matrix().isComplete() && Files.exists(provenance())
                && Provenance.read(provenance()).ended() != null;
    }

    /**
     * How much of the run is done, 0 to 1, by what is on the disk: rows of the matrix, and of a task that is being
     * learnt the updates up to its last checkpoint.
     *
     * @param updates of each task
     */
    public double share(List<Integer> updates) {
        if (finished()) {
            return 1;
        }
        int rows = matrix().rows();
        double current = 0;
        if (rows < tasks.size() && Files.exists(losses(rows))) {
            current = Math.min(1.0, (Csv.read(losses(rows)).size() - 1.0) / updates.get(rows));
        }
        return Math.min(1, (rows + LEARNING * current) / tasks.size());
    }

    // ---- settings

    /** The hash of settings, which is also kept in the file. */
    static String hash(Object settings) {
        return Hashes.sha256(Json.line(settings).getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the settings of a new run. */
    void writeSettings(Object settings) {
        ObjectNode all = (ObjectNode) Json.parse(SETTINGS, "{}");
        all.put(HASH, hash(settings));
        all.setAll((ObjectNode) Json.toTree(settings));
        AtomicFiles.writeString(folder.resolve(SETTINGS), Json.write(all));
    }

    /**
     * Whether there is a run of these settings.
     *
     * @throws InputException naming the first difference, if there is one of others
     */
    boolean holds(Object settings) {
        return holds(settings, Set.of());
    }

    /** {@link #holds(Object)}, but for some checksums, which are not known now. */
    boolean holds(Object settings, Set<String> unknown) {
        Path file = folder.resolve(SETTINGS);
        if (!Files.exists(file)) {
            return false;
        }
        ObjectNode before = Json.object(file).without(HASH);
        if (before.get(CHECKSUMS) instanceof ObjectNode checksums) {
            checksums.remove(unknown);
        }
        JsonNode now = Json.parse(SETTINGS, Json.line(settings)); // numbers as they are read from a file
        List<SettingsChange> changes = SettingsChange.between(before, now, ADDED);
        if (!changes.isEmpty() && watchesLess(settings)) {
            throw new InputException(folder + " is finished without some of the watched data sets; gift run STUDY.json"
                    + " or gift study evaluates them by the weights that it kept");
        }
        if (!changes.isEmpty()) {
            SettingsChange first = changes.get(0);
            throw new InputException(folder + " holds a run with other settings: " + first.place() + " was "
                    + first.before() + " and is now " + first.now() + "; start over with --restart, or give the study another name");
        }
        return true;
    }

    /** Whether the run is finished, and its settings differ only in that further data sets are watched. */
    boolean watchesLess(Object settings) {
        if (!finished()) {
            return false;
        }
        ObjectNode before = Json.object(folder.resolve(SETTINGS)).without(HASH);
        ObjectNode now = (ObjectNode) Json.parse(SETTINGS, Json.line(settings));
        Set<String> added = names(now.get(WATCHED));
        Set<String> known = names(before.get(WATCHED));
        if (!added.containsAll(known) || added.size() == known.size()) {
            return false;
        }
        added.removeAll(known);
        now.set(WATCHED, before.get(WATCHED));
        JsonNode checksums = before.path(CHECKSUMS);
        added.forEach(set -> ((ObjectNode) now.get(CHECKSUMS)).remove(List.of(set + "/test", set + "/validation",
                set + "/data_sets.json").stream()
                .filter(key -> !checksums.has(key)).toList()));
        return SettingsChange.between(before, now, ADDED).isEmpty();
    }

    /** Whether the run's settings name all these watched data sets. */
    public boolean watches(List<String> sets) {
        Path file = folder.resolve(SETTINGS);
        return Files.exists(file) && names(Json.object(file).path(WATCHED)).containsAll(sets);
    }

    private static Set<String> names(JsonNode array) {
        Set<String> names = new LinkedHashSet<>();
        array.forEach(name -> names.add(name.asText()));
        return names;
    }

    // ---- results

    /** As far as it goes. */
    public AccuracyMatrix matrix() {
        Path file = folder.resolve("matrix.csv");
        return Files.exists(file) ? AccuracyMatrix.read(file) : AccuracyMatrix.of(tasks);
    }

    /** Writes the confusion matrices of an evaluation, one a task, and then the accuracy matrix that ends in its row. */
    void writeEvaluation(List<ConfusionMatrix> confusions, AccuracyMatrix matrix) {
        List<List<String>> classes = new ArrayList<>();
        classes.add(List.of("task", "class", "right", "pictures", "accuracy"));
        for (int t = 0; t < confusions.size(); t++) {
            ConfusionMatrix one = confusions.get(t);
            one.write(folder.resolve(CONFUSION).resolve(numbered(t) + ".csv"));
            for (int c = 0; c < one.classNames().size(); c++) {
                classes.add(line(tasks.get(t), ofClass(one, c)));
            }
        }
        Csv.write(folder.resolve("classes.csv"), classes);
        matrix.write(folder.resolve("matrix.csv"));
    }

    private static List<String> ofClass(ConfusionMatrix one, int c) {
        int images = one.images(c);
        return List.of(one.classNames().get(c), Integer.toString(one.right(c)), Integer.toString(images),
                images == 0 ? "" : percent(100.0 * one.right(c) / images));
    }

    /** The same of a class-incremental run: one confusion matrix over all classes in their order, and {@code seen.csv}. */
    void writeEvaluation(LabelSpace space, ConfusionMatrix confusion, AccuracyMatrix matrix) {
        List<List<String>> classes = new ArrayList<>();
        classes.add(List.of("task", "class", "right", "pictures", "accuracy"));
        for (int c = 0; c < confusion.classNames().size(); c++) {
            classes.add(line(tasks.get(space.stepOf(c)), ofClass(confusion, c)));
        }
        confusion.write(folder.resolve(CONFUSION).resolve(space.whole().name() + ".csv"));
        Csv.write(folder.resolve("classes.csv"), classes);
        if (matrix.rows() > 0) {
            int step = matrix.rows() - 1;
            List<SeenAccuracy> seen = new ArrayList<>(step == 0 ? List.of()
                    : SeenAccuracy.read(folder.resolve(SeenAccuracy.FILE)).subList(0, step));
            seen.add(space.seen(confusion, step));
            SeenAccuracy.write(folder.resolve(SeenAccuracy.FILE), seen);
        }
        Path accuracies = folder.resolve("matrix.csv");
        matrix.write(accuracies);
        if (matrix.rows() > 0) {
            IncrementalLog.of(IncrementalMatrix.read(accuracies), Release.V1_2_4).write(folder.resolve("metrics.json"));
        }
    }

    /** Writes row {@code row} of {@code watched.csv}, and drops what a killed run left after it. */
    void writeWatched(List<String> names, int row, String rowName, double[] accuracies) {
        Path file = folder.resolve("watched.csv");
        List<List<String>> rows = new ArrayList<>();
        rows.add(line("after_training_on", names));
        if (row > 0) {
            rows.addAll(Csv.read(file).subList(1, row + 1));
        }
        rows.add(line(rowName, DoubleStream.of(accuracies).mapToObj(RunFolder::percent).toList()));
        Csv.write(file, rows);
    }

    /** Writes accuracies after so many updates of task t, and drops what a killed run left after them. */
    void writeWithin(int t, int updates, double[] accuracies) {
        Path file = folder.resolve("within").resolve(numbered(t) + ".csv");
        List<List<String>> rows = new ArrayList<>();
        rows.add(line("updates", tasks));
        if (updates > 0) {
            Csv.read(file).stream().skip(1).filter(row -> Integer.parseInt(row.get(0)) < updates).forEach(rows::add);
        }
        rows.add(line(Integer.toString(updates), DoubleStream.of(accuracies).mapToObj(RunFolder::percent).toList()));
        Csv.write(file, rows);
    }

    /** The rows of {@code watched.csv} with their names, the header first; empty if there is none. */
    List<List<String>> watched() {
        Path file = folder.resolve("watched.csv");
        return Files.exists(file) ? Csv.read(file) : List.of();
    }

    /** Writes {@code watched.csv} as a whole. */
    void writeWatched(List<List<String>> rows) {
        Csv.write(folder.resolve("watched.csv"), rows);
    }

    static String percent(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    private static List<String> line(String first, List<String> others) {
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }

    // ---- what is not needed any more

    /**
     * Removes the weights of the tasks before task t, which the next task does not start from, and the Fisher information
     * that its own is not added to.
     */
    void deleteWeightsBefore(int t) {
        for (int i = 0; i < t; i++) {
            FolderLock.delete(weights(i));
            if (i < t - 1) {
                FolderLock.delete(fisher(i));
            }
        }
    }

    /** Removes the temporary files that a killed process left. */
    void sweep() {
        List<Path> parts = new ArrayList<>(List.of(folder, weights(0).getParent(), losses(0).getParent(), fisher(0).getParent(),
                probe(0).getParent(), folder.resolve("within"), folder.resolve(CONFUSION)));
        IntStream.range(0, tasks.size()).forEach(t -> parts.add(dump(t, 0).getParent()));
        parts.stream().filter(Files::isDirectory).forEach(AtomicFiles::deleteLeftovers);
    }

    /**
     * Forgets the run.
     *
     * @throws InputException if a process works on it
     */
    public void forget() {
        FolderLock.alone(folder, false, () -> {
            clear();
            return null;
        });
    }

    /** Forgets the run, whose lock the caller holds; the lock stays. */
    void clear() {
        FolderLock.delete(folder);
    }
}
