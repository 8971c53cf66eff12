package gift.transfer;

import gift.clip.ImageTower;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.io.AtomicFiles;
import gift.io.Json;
import gift.recognition.FewShots;
import gift.train.Stop;
import gift.train.TrainingFolder;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tunes pretrained towers on one task, each run in a folder of its own, and tells their accuracy. */
final class TransferRuns {
    private final TransferConfig config;
    private final Task task;
    private final ImageDataset train;
    private final ChosenImages validation;
    private final ChosenImages test;
    private final PretrainedTowers towers;
    private final Path folder;
    private final Map<Long, ChosenImages> draws = new HashMap<>();

    /**
     * What a tuned tower came to.
     *
     * @param validation accuracy on the validation images, percent
     * @param accuracy on the test images, percent
     */
    record Outcome(double validation, double accuracy) {}

    /** A learning rate that was tried with the first seed. */
    record Trial(String task, String pretraining, long seed, double rate, double validation) {}

    /** All on which a run depends, besides its name. */
    private record Recipe(String task, String pretraining, long seed, ClassSettings settings, Object tower, String start,
            String train, String validation, String test) {}

    /**
     * @param task with its test images
     * @param chosen the same with validation images in place of them; its training images are those that are left
     * @param folder of the task's runs
     */
    TransferRuns(TransferConfig config, Task task, Task chosen, PretrainedTowers towers, Path folder) {
        this.config = config;
        this.task = task;
        this.train = chosen.train();
        this.validation = ChosenImages.first(chosen.test(), config.testImages());
        this.test = ChosenImages.first(task.test(), config.testImages());
        this.towers = towers;
        this.folder = folder;
    }

    /** Real images of a class that towers are tuned on. */
    int shots() {
        return config.shots() == 0 ? train.size() / train.classNames().size() : config.shots();
    }

    /**
     * Tries all learning rates with the first seed.
     *
     * @return in the order of the settings; empty where there is one rate alone
     */
    List<Trial> trials(String pretraining) {
        List<Trial> trials = new ArrayList<>();
        long seed = config.seeds().get(0);
        for (double rate : config.rates().size() == 1 ? List.<Double>of() : config.rates()) {
            trials.add(new Trial(task.name(), pretraining, seed, rate, run(pretraining, rate, seed).validation));
        }
        return trials;
    }

    /** The rate of the highest accuracy on validation images, the first of equals. */
    double best(List<Trial> trials) {
        Trial best = null;
        for (Trial trial : trials) {
            best = best == null || trial.validation > best.validation ? trial : best;
        }
        return best == null ? config.rates().get(0) : best.rate;
    }

    /** Tunes a tower, or reads what came out. */
    Outcome run(String pretraining, double rate, long seed) {
        Stop.check();
        Path own = folder.resolve(pretraining).resolve(BigDecimal.valueOf(rate).stripTrailingZeros().toPlainString())
                .resolve(Long.toString(seed));
        ChosenImages seen = draws.computeIfAbsent(seed, this::draw);
        ClassSettings settings = config.tuning(rate);
        boolean random = pretraining.equals(TransferConfig.NONE);
        Recipe recipe = new Recipe(task.name(), pretraining, seed, settings, random ? config.tower() : "its own",
                towers.hash(pretraining, task.name()), seen.hash(), validation.hash(), test.hash());
        new TrainingFolder(pretraining, own, recipe, settings.updates(), config.checkpointEvery()).train(false, loop -> {
            try (ImageTower tower = towers.tower(pretraining, task.name(), seed);
                    ClassTraining training = new ClassTraining(tower, seen, settings, seed)) {
                training.run(loop);
                AtomicFiles.writeString(own.resolve("outcome.json"),
                        Json.write(new Outcome(training.accuracy(validation), training.accuracy(test))));
            }
        });
        return Json.read(own.resolve("outcome.json"), Outcome.class);
    }

    private ChosenImages draw(long seed) {
        return config.shots() == 0 ? ChosenImages.first(train, 0)
                : ChosenImages.of(train, FewShots.draw(train.labels(), train.classNames(), config.shots(), 0, seed).shots());
    }
}
