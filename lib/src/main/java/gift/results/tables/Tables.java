package gift.results.tables;

import gift.eval.Interval;
import gift.io.InputException;
import gift.io.Json;
import gift.results.FewShotResults;
import gift.results.IncrementalRuns;
import gift.results.Metric;
import gift.results.RecognitionRuns;
import gift.results.ResultFolders;
import gift.results.StudyRuns;
import gift.results.tables.Published.Order;
import gift.transfer.TransferResults;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All tables by name: those of the papers, and those of every study that has runs. Nothing is read before a table is asked
 * for, so that a broken file hurts only the tables that need it.
 */
public final class Tables {
    /** Before the names of studies whose matrices are committed with the project. */
    public static final String REFERENCE = "reference_";

    static final String INCREMENTAL = "_incremental";
    static final String SHOTS = "_shots";
    static final String DIFFERENCES = "_differences";
    private static final String TASKS = "_tasks";
    private static final String STEPS = "_steps";
    private static final String SEEDS = "_seeds";
    private static final String PUBLISHED = "_published";

    private record Entry(String description, Supplier<ResultTable> table) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * @param kind of the intervals over seeds
     */
    public Tables(ResultFolders folders, Interval.Kind kind) {
        published(folders);
        incremental(folders).forEach((name, read) -> incremental(name, read, kind, folders));
        recognition(folders).forEach((name, read) -> recognition(name, read, kind, folders));
        transfer(folders).forEach((name, read) -> transfer(name, read, kind, folders));
        fewShot(folders).forEach((name, read) -> fewShot(name, read, kind, folders));
        studies(folders).forEach((name, read) -> study(name, read, kind, folders));
        add(Comparison.TABLE, "own runs beside the committed reference, reproduced or not",
                () -> Comparison.of(folders).table());
    }

    /** The tables of a study, by name; the first is the main one. */
    public static List<String> of(String study) {
        return List.of(study, study + TASKS, study + SEEDS, study + PUBLISHED);
    }

    /** The tables of a class-incremental study, by name; the first is the main one. */
    public static List<String> ofIncremental(String study) {
        String name = study + INCREMENTAL;
        return List.of(name, name + STEPS, name + SEEDS, name + PUBLISHED);
    }

    /**
     * How to read every study that has runs, by name: own ones; committed ones after {@link #REFERENCE}, and by their bare
     * name too where there is no own run of them.
     */
    public static Map<String, Supplier<StudyRuns>> studies(ResultFolders folders) {
        return named(folders, StudyRuns::studies, StudyRuns::read);
    }

    /** @param read of a study's folder and the name under which it appears */
    private static <T> Map<String, Supplier<T>> named(ResultFolders folders, Function<Path, List<String>> names,
            BiFunction<Path, String, T> read) {
        Map<String, Supplier<T>> studies = new LinkedHashMap<>();
        List<String> committed = names.apply(folders.reference());
        names.apply(folders.runs()).forEach(study -> studies.put(study, () -> read.apply(folders.runs().resolve(study), study)));
        for (String study : committed) {
            studies.putIfAbsent(study, () -> read.apply(folders.reference().resolve(study), study));
        }
        for (String study : committed) {
            String name = REFERENCE + study;
            studies.put(name, () -> read.apply(folders.reference().resolve(study), name));
        }
        return studies;
    }

    /** How to read every class-incremental study that has runs, named as in {@link #studies}. */
    public static Map<String, Supplier<IncrementalRuns>> incremental(ResultFolders folders) {
        return named(folders, IncrementalRuns::studies, IncrementalRuns::read);
    }

    /** How to read every recognition study that has results, named as in {@link #studies}. */
    public static Map<String, Supplier<RecognitionRuns>> recognition(ResultFolders folders) {
        return named(folders, RecognitionRuns::studies, RecognitionRuns::read);
    }

    private void recognition(String study, Supplier<RecognitionRuns> read, Interval.Kind kind, ResultFolders folders) {
        Supplier<RecognitionTables> tables = () -> new RecognitionTables(read.get(), kind);
        add(study, "accuracy with and without generated images, by real images a class: mean and interval over seeds",
                () -> tables.get().main());
        add(study + TASKS, "the same for each task, mean over seeds", () -> tables.get().tasks());
        add(study + "_ablations", "what generated images and each part of their making are worth, in points",
                () -> tables.get().ablations());
        add(study + PUBLISHED, "zero-shot and synthetic beside table 1 of He et al. 2023, both backbones",
                () -> tables.get().beside(folders.published()));
    }

    /** How to read the tables of every transfer study that has results, named as in {@link #studies}. */
    private static Map<String, Supplier<TransferResults>> transfer(ResultFolders folders) {
        return named(folders, TransferTables::studies, (study, name) -> TransferResults.read(study));
    }

    private void transfer(String study, Supplier<TransferResults> read, Interval.Kind kind, ResultFolders folders) {
        Supplier<TransferTables> tables = () -> new TransferTables(study, read.get(), kind);
        add(study, "accuracy after pretraining on real or generated images or none: mean over tasks, and the gain over none",
                () -> tables.get().main());
        add(study + TASKS, "the same for each task", () -> tables.get().tasks());
        add(study + PUBLISHED, "beside tables 8, 9 and 11 of He et al. 2023", () -> tables.get().beside(folders.published()));
    }

    /** How to read every few-shot study that has results, named as in {@link #studies}. */
    public static Map<String, Supplier<FewShotResults>> fewShot(ResultFolders folders) {
        return named(folders, FewShotResults::studies, FewShotResults::read);
    }

    private void fewShot(String study, Supplier<FewShotResults> read, Interval.Kind kind, ResultFolders folders) {
        Supplier<FewShotTables> tables = () -> new FewShotTables(read.get(), kind);
        String name = study + SHOTS;
        add(name, "accuracy by number of shots: mean over tasks and interval over draws", () -> tables.get().main());
        add(name + TASKS, "the same for each task, mean over draws", () -> tables.get().tasks());
        add(name + DIFFERENCES, "what the study's first method has more than the others, in points", () -> tables.get().differences());
        add(name + PUBLISHED, "beside the published accuracies of ImagineFSL", () -> tables.get().beside(folders.published()));
    }

    private void incremental(String study, Supplier<IncrementalRuns> read, Interval.Kind kind, ResultFolders folders) {
        Supplier<IncrementalTables> tables = () -> new IncrementalTables(read.get(), kind);
        String name = study + INCREMENTAL;
        add(name, "Avg, Last, forgetting, BWT, FWT over a growing label space: mean and interval over seeds", () -> tables.get().main());
        add(name + STEPS, "accuracy over the classes seen after each step, mean over seeds", () -> tables.get().steps());
        add(name + SEEDS, "the metrics of each run", () -> tables.get().seeds());
        add(name + PUBLISHED, "Avg and Last beside the published numbers, with difference and verdict",
                () -> tables.get().beside(IncrementalTables.published(folders.published())));
    }

    private void published(ResultFolders folders) {
        Supplier<PublishedTables> tables = () -> new PublishedTables(new Published(folders.published()));
        for (Order order : Order.values()) {
            String name = "published_order_" + order;
            add(name, "published Transfer, Avg, Last of MTIL Order " + order, () -> tables.get().main(order));
            for (Metric metric : Metric.values()) {
                add(name + "_" + metric.id(), "published " + metric.id() + " of Order " + order + ", each data set",
                        () -> tables.get().perTask(order, metric));
            }
            add(name + "_recomputed", "averages recomputed from the published matrices, beside the printed",
                    () -> tables.get().recomputed(order));
        }
        PublishedTables.entered().forEach((name, description) -> add(name, description, () -> tables.get().entered(name)));
    }

    private void study(String name, Supplier<StudyRuns> read, Interval.Kind kind, ResultFolders folders) {
        Supplier<StudyTables> tables = () -> new StudyTables(read.get(), kind);
        add(name, "Transfer, Avg, Last: mean and interval over seeds", () -> tables.get().main());
        add(name + TASKS, "the same for each task, mean over seeds", () -> tables.get().tasks());
        add(name + SEEDS, "one row for each run", () -> tables.get().seeds());
        add(name + PUBLISHED, "beside the published numbers, with difference and verdict",
                () -> tables.get().beside(new Published(folders.published())));
    }

    /** A name that is taken stays with its first owner: a study called like another one's table has no table of that name. */
    private void add(String name, String description, Supplier<ResultTable> table) {
        entries.putIfAbsent(name, new Entry(description, table));
    }

    /** What each table shows, by name. */
    public Map<String, String> descriptions() {
        Map<String, String> all = new LinkedHashMap<>();
        entries.forEach((name, entry) -> all.put(name, entry.description));
        return all;
    }

    /**
     * Makes a table.
     *
     * @throws InputException with the nearest name if there is no such table, or naming the file that is broken
     */
    public ResultTable get(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new InputException("no table '" + name + "'" + Json.nearest(name, entries.keySet()));
        }
        return entry.table.get();
    }
}
