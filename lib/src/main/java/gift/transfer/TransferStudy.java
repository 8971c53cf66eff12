package gift.transfer;

import ai.djl.ndarray.NDManager;
import gift.eval.FewShotRun;
import gift.eval.FewShotSettings;
import gift.io.InputException;
import gift.io.Overrides;
import gift.sources.StudyData;
import gift.tensor.Devices;
import gift.transfer.TransferRuns.Trial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs a {@link TransferConfig}: draws images, pretrains towers, then tunes each on every task with every seed. Leaves
 * {@link TransferResults} in {@code <results>/<name>}; goes on where it was stopped. Several processes may run one study, on
 * other tasks.
 */
public final class TransferStudy {
    private final TransferConfig config;
    private final Path folder;
    private final StudyData data;
    private final Consumer<String> notes;

    /**
     * One run that is finished.
     *
     * @param method the name of a pretraining, or none
     * @param shots real images of a class that it was tuned on
     * @param accuracy on the test images, percent
     * @param rate the learning rate of tuning
     */
    public record Run(String task, String method, int shots, long seed, double accuracy, double rate)
            implements FewShotRun<String> {}

    /**
     * @param file of the settings
     * @param results folder of all runs
     * @param dataFolder in place of the configured one, or null
     * @param forValidation whether to report accuracy on validation images, to choose settings by
     * @param notes is given a line when a teacher has collapsed
     * @throws InputException if settings or data cannot be used
     */
    public TransferStudy(Path file, Path results, Path dataFolder, boolean forValidation, Overrides overrides,
            Consumer<String> notes) {
        this.config = TransferConfig.read(file, overrides);
        this.folder = results.resolve(config.name());
        this.notes = notes;
        Set<String> needed = new LinkedHashSet<>(config.tasks());
        if (!config.pretrainings().isEmpty()) {
            needed.add(config.generic());
        }
        this.data = StudyData.of(file, dataFolder, config.data(), needed, forValidation);
    }

    /** The folder of the results. */
    public Path folder() {
        return folder;
    }

    public TransferConfig config() {
        return config;
    }

    /**
     * Makes all runs that are not there yet.
     *
     * @param only tasks to work on; empty for all, after which the tables are written
     * @param each is told of every run
     */
    public List<Run> run(List<String> only, Consumer<Run> each) {
        List<String> tasks = FewShotSettings.some(config.tasks(), only);
        List<Run> runs = new ArrayList<>();
        List<Trial> trials = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Devices.parse(config.device()))) {
            PretrainedTowers towers = new PretrainedTowers(config, data, folder, manager, notes);
            towers.make(tasks);
            for (String task : tasks) {
                TransferRuns of = new TransferRuns(config, data.data().open(task), data.validation().open(task), towers,
                        folder.resolve("runs").resolve(task));
                for (String pretraining : config.rows()) {
                    List<Trial> tried = of.trials(pretraining);
                    trials.addAll(tried);
                    double rate = of.best(tried);
                    for (long seed : config.seeds()) {
                        Run run = new Run(task, pretraining, of.shots(), seed, of.run(pretraining, rate, seed).accuracy(), rate);
                        runs.add(run);
                        each.accept(run);
                    }
                }
            }
        }
        if (only.isEmpty()) {
            new TransferResults(runs, described()).write(folder, trials, config);
        }
        return runs;
    }

    private Map<String, TransferConfig.Pretraining> described() {
        Map<String, TransferConfig.Pretraining> all = new LinkedHashMap<>();
        config.pretrainings().keySet().forEach(name -> all.put(name, config.pretraining(name)));
        return all;
    }
}
