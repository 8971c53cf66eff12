package gift.transfer;

import gift.eval.FewShotRun;
import gift.eval.FewShotRun.Mean;
import gift.eval.Interval;
import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.InputException;
import gift.io.Json;
import gift.transfer.TransferConfig.Pretraining;
import gift.transfer.TransferRuns.Trial;
import gift.transfer.TransferStudy.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the runs of a transfer study came to. In the folder of a study: {@code results.csv} (a row a run), {@code summary.csv}
 * (means over tasks, intervals over seeds), {@code search.csv} (the learning rates that were tried, on validation images) and
 * {@code settings.json}.
 *
 * @param runs in the order of the study
 * @param pretrainings by name, in the order of the study
 */
public record TransferResults(List<Run> runs, Map<String, Pretraining> pretrainings) {
    private static final String FILE = "results.csv";
    private static final String SETTINGS = "settings.json";
    private static final String RATE = "learning_rate";
    private static final List<String> COLUMNS = Csv.row(FewShotRun.COLUMNS, RATE);

    public TransferResults {
        runs = List.copyOf(runs);
        pretrainings = new LinkedHashMap<>(pretrainings);
    }

    /** Whether a study's folder holds such results. */
    public static boolean isIn(Path study) {
        if (!Files.isRegularFile(study.resolve(FILE)) || !Files.isRegularFile(study.resolve(SETTINGS))) {
            return false;
        }
        List<List<String>> rows = Csv.read(study.resolve(FILE));
        return !rows.isEmpty() && rows.get(0).equals(COLUMNS);
    }

    /** @throws InputException naming the file and the row that is wrong */
    public static TransferResults read(Path study) {
        Path file = study.resolve(FILE);
        List<List<String>> rows = Csv.read(file);
        InputException.require(rows.size() > 1 && rows.get(0).equals(COLUMNS), file + ": must hold the columns "
                + String.join(",", COLUMNS) + " and at least one run");
        TransferConfig config = Json.read(study.resolve(SETTINGS), TransferConfig.class);
        Map<String, Pretraining> pretrainings = new LinkedHashMap<>();
        config.pretrainings().keySet().forEach(name -> pretrainings.put(name, config.pretraining(name)));
        List<Run> runs = new ArrayList<>();
        for (int i = 1; i < rows.size(); i++) {
            String where = file + ", row " + i;
            List<String> row = rows.get(i);
            FewShotRun.Row run = FewShotRun.Row.of(where, row);
            InputException.require(row.size() == COLUMNS.size() && row.get(5).matches("[0-9.Ee-]{1,25}"),
                    where + ": the learning rate is no number");
            InputException.require(run.method().equals(TransferConfig.NONE) || pretrainings.containsKey(run.method()),
                    where + ": " + SETTINGS + " beside it has no pretraining '" + run.method() + "'");
            runs.add(new Run(run.task(), run.method(), run.shots(), run.seed(), run.accuracy(), Double.parseDouble(row.get(5))));
        }
        return new TransferResults(runs, pretrainings);
    }

    void write(Path folder, List<Trial> trials, TransferConfig config) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        runs.forEach(run -> rows.add(Csv.row(run.cells(), Double.toString(run.rate()))));
        Csv.write(folder.resolve(FILE), rows);
        List<List<String>> summary = new ArrayList<>();
        summary.add(Mean.COLUMNS);
        FewShotRun.means(runs).forEach(mean -> summary.add(mean.cells(config.tasks().size())));
        Csv.write(folder.resolve("summary.csv"), summary);
        List<List<String>> search = new ArrayList<>();
        search.add(List.of("task", "method", "seed", RATE, "validation"));
        trials.forEach(trial -> search.add(List.of(trial.task(), trial.pretraining(), Long.toString(trial.seed()),
                Double.toString(trial.rate()), FewShotRun.number(trial.validation()))));
        Csv.write(folder.resolve("search.csv"), search);
        AtomicFiles.writeString(folder.resolve(SETTINGS), Json.write(config));
    }

    /** In the order of the study. */
    public List<String> tasks() {
        return runs.stream().map(Run::task).distinct().toList();
    }

    /** Names of pretrainings, and none, in the order of the study. */
    public List<String> methods() {
        return runs.stream().map(Run::method).distinct().toList();
    }

    /**
     * Mean and interval over seeds of the mean over tasks.
     *
     * @param task one task alone, or null for all
     */
    public Interval interval(String method, String task, Interval.Kind kind) {
        return Interval.of(kind, bySeed(method, task).values().stream().mapToDouble(mean -> mean).toArray());
    }

    /** What a pretraining has more than none, seed by seed: mean and 95 % t interval; on one task, or null for the mean of all. */
    public Interval gain(String method, String task) {
        Map<Long, Double> without = bySeed(TransferConfig.NONE, task);
        Map<Long, Double> with = bySeed(method, task);
        return Interval.of(Interval.Kind.T, with.keySet().stream().filter(without::containsKey)
                .mapToDouble(seed -> with.get(seed) - without.get(seed)).toArray());
    }

    private Map<Long, Double> bySeed(String method, String task) {
        return runs.stream().filter(run -> run.method().equals(method) && (task == null || run.task().equals(task)))
                .collect(Collectors.groupingBy(Run::seed, TreeMap::new, Collectors.averagingDouble(Run::accuracy)));
    }
}
