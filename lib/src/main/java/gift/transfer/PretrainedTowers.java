package gift.transfer;

import ai.djl.ndarray.NDManager;
import gift.clip.ClipWeights;
import gift.clip.ImageTower;
import gift.io.Hashes;
import gift.sources.StudyData;
import gift.tensor.HostImages;
import gift.train.EndlessBatches;
import gift.train.FolderLock;
import gift.train.Prefetch;
import gift.train.Stop;
import gift.train.TrainingFolder;
import gift.train.TrainingLoop;
import gift.transfer.TransferConfig.Objective;
import gift.transfer.TransferConfig.Pretraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The pretrained towers of a study, each in a folder of its own with recipe and losses. Several processes may make them: each
 * takes what is not made yet and no other works on.
 */
final class PretrainedTowers {
    private static final String TOWER = "tower.safetensors";
    private static final long LOOK_AGAIN = 500; // milliseconds

    private final TransferConfig config;
    private final StudyData data;
    private final Path folder;
    private final PretrainingImages images;
    private final NDManager manager;
    private final Consumer<String> notes;

    /** A pretraining, of a task where it makes another tower for each, else of task "". */
    private record Item(String name, String task) {}

    /** All on which a tower depends; settings are those of the objective. */
    private record Recipe(Pretraining pretraining, Object settings, Object tower, long seed, String start, String images) {}

    /**
     * @param data whose validation images stand for test images, which are not seen here
     * @param folder of the study
     * @param notes is given a line when a teacher has collapsed
     */
    PretrainedTowers(TransferConfig config, StudyData data, Path folder, NDManager manager, Consumer<String> notes) {
        this.config = config;
        this.data = data;
        this.folder = folder;
        this.images = new PretrainingImages(config, data, folder.resolve("images"));
        this.manager = manager;
        this.notes = notes;
    }

    /** Makes all towers that are tuned on some tasks, as far as they are not there, or waits for those that others make. */
    void make(List<String> tasks) {
        List<Item> left = new ArrayList<>();
        for (String name : config.pretrainings().keySet()) {
            boolean ofTask = config.pretraining(name).isOfTask();
            (ofTask ? tasks : List.of("")).forEach(task -> left.add(new Item(name, task)));
        }
        left.removeIf(item -> given(item.name));
        while (!left.isEmpty()) {
            int before = left.size();
            for (Item item : List.copyOf(left)) {
                if (makeIfFree(item)) {
                    left.remove(item);
                }
            }
            if (left.size() == before) {
                Stop.pause(LOOK_AGAIN);
            }
        }
    }

    /** Whether a finished tower is given for it, which is then looked for. */
    private boolean given(String name) {
        Pretraining pretraining = config.pretraining(name);
        if (pretraining.weights().isEmpty()) {
            return false;
        }
        data.required(pretraining.weights(), "pretrainings." + name + ".weights", "a tower's file, or a CLIP's");
        return true;
    }

    /** @return whether the tower is there; false if its start is not, or another process works on it */
    private boolean makeIfFree(Item item) {
        Stop.check();
        Pretraining pretraining = config.pretraining(item.name);
        boolean random = pretraining.start().equals(TransferConfig.NONE);
        if (!random && !given(pretraining.start()) && !TrainingFolder.isFinished(place(pretraining.start(), item.task))) {
            return false;
        }
        ChosenImages chosen = images.of(pretraining, item.task);
        Path place = place(item.name, item.task);
        return FolderLock.ifFree(place, () -> pretrain(item, pretraining, chosen, place));
    }

    private Path place(String name, String task) {
        Path own = folder.resolve("pretraining").resolve(name);
        return config.pretraining(name).isOfTask() ? own.resolve(task) : own;
    }

    private void pretrain(Item item, Pretraining pretraining, ChosenImages seen, Path place) {
        boolean dino = pretraining.objective() == Objective.DINO;
        DinoSettings ofDino = config.dino(pretraining.amount());
        ClassSettings ofClasses = config.supervised(pretraining.amount());
        Recipe recipe = new Recipe(pretraining, dino ? ofDino : ofClasses, config.tower(), config.pretrainingSeed(),
                hash(pretraining.start(), item.task), seen.hash());
        int updates = dino ? ofDino.updates() : ofClasses.updates();
        new TrainingFolder(item.name, place, recipe, updates, config.checkpointEvery()).train(false, loop -> {
            try (ImageTower tower = tower(pretraining.start(), item.task, config.pretrainingSeed())) {
                if (dino) {
                    dino(loop, tower, seen, ofDino, place.resolve(TOWER), item);
                } else {
                    supervised(loop, tower, seen, ofClasses, place.resolve(TOWER));
                }
            }
        });
    }

    private void supervised(TrainingLoop loop, ImageTower tower, ChosenImages seen, ClassSettings settings, Path file) {
        try (ClassTraining training = new ClassTraining(tower, seen, settings, config.pretrainingSeed())) {
            training.run(loop);
            tower.save(file);
        }
    }

    private void dino(TrainingLoop loop, ImageTower tower, ChosenImages seen, DinoSettings settings, Path file, Item item) {
        long seed = config.pretrainingSeed();
        EndlessBatches batches = new EndlessBatches(seed, "dino batches", seen.size(), settings.batchSize());
        try (Prefetch<HostImages> crops = new Prefetch<>(i -> MultiCrop.crops(batches.batch(i), seen::image, tower.resolution(),
                        settings, seed, i), settings.updates());
                DinoTrainer trainer = new DinoTrainer(tower, settings, seed, crops::get,
                        line -> notes.accept(item.name + ": " + line))) {
            loop.run(trainer, tower.parameters().manager());
            trainer.teacher().save(file);
        }
    }

    /** The file of a tower, which is there or given. */
    private Path file(String name, String task) {
        String weights = config.pretraining(name).weights();
        return weights.isEmpty() ? place(name, task).resolve(TOWER) : data.data().beside(data.base(), weights);
    }

    /**
     * A tower of its own, which the caller closes.
     *
     * @param name of a pretraining that is made, or none
     * @param seed of random weights
     */
    ImageTower tower(String name, String task, long seed) {
        return name.equals(TransferConfig.NONE) ? ImageTower.random(config.tower(), manager, seed)
                : ImageTower.load(file(name, task), manager);
    }

    /** What tells a tower from others, for recipes; random ones differ in their seeds, which recipes have. */
    String hash(String name, String task) {
        return name.equals(TransferConfig.NONE) ? "random" : Hashes.sha256(ClipWeights.file(file(name, task)));
    }
}
