package gift.recognition;

import ai.djl.ndarray.NDManager;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.Json;
import gift.tensor.AdamW;
import gift.tensor.Optimizer;
import gift.tensor.Parameters;
import gift.tensor.Schedule;
import gift.tensor.TensorFiles;
import gift.train.Epochs;
import gift.train.TrainingFolder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/** Trains the classifiers of one task and seed, each in a folder of its own, and tells their accuracy on the test images. */
final class ClassifierRuns {
    private static final int CHECKPOINT_EVERY = 1000;
    private static final String OUTCOME = "outcome.json";

    private final RecognitionConfig config;
    private final RecognitionTask task;
    private final NDManager manager;
    private final long seed;

    /**
     * What a classifier came to.
     *
     * @param accuracy on the test images, percent
     * @param epoch that counts, from 1; 0 for the last, or where nothing is trained
     */
    record Outcome(double accuracy, int epoch) {}

    ClassifierRuns(RecognitionConfig config, RecognitionTask task, NDManager manager, long seed) {
        this.config = config;
        this.task = task;
        this.manager = manager;
        this.seed = seed;
    }

    /**
     * Trains in a folder, or reads what came out there.
     *
     * @param synthetic images to train on, or null
     * @param real images to train on, or null
     * @param validation images to choose by
     */
    Outcome run(Path folder, RecognitionMethod method, FeatureSet synthetic, FeatureSet real, FeatureSet validation) {
        if (method == RecognitionMethod.ZERO_SHOT) {
            return new Outcome(Accuracy.of(task.head(), task.test()), 0);
        }
        if (method == RecognitionMethod.TIP_ADAPTER) {
            try (TipAdapter adapter = tipAdapter(real)) {
                searched(adapter, validation);
                return new Outcome(Accuracy.of(adapter, task.test()), 0);
            }
        }
        TuningSettings tuning = tuning(method, real);
        int updates = updates(method, tuning, synthetic, real);
        Map<String, Object> recipe = recipe(method, tuning, synthetic, real, validation);
        new TrainingFolder(method.toString(), folder, recipe, updates, CHECKPOINT_EVERY).train(false, loop -> {
            try (Classifier student = student(method, real); Head teacher = task.head().copy();
                    Images images = new Images(synthetic, real);
                    ClassifierTrainer trainer = trainer(method, tuning, student, teacher, images, validation)) {
                loop.run(trainer, manager);
                trainer.takeBest();
                if (student instanceof TipAdapter adapter) {
                    searched(adapter, validation);
                }
                TensorFiles.write(folder.resolve("classifier.safetensors"), student.parameters().all(), Map.of());
                AtomicFiles.writeString(folder.resolve(OUTCOME),
                        Json.write(new Outcome(Accuracy.of(student, task.test()), trainer.bestEpoch())));
            }
        });
        return Json.read(folder.resolve(OUTCOME), Outcome.class);
    }

    /** The training images on the device. */
    private final class Images implements AutoCloseable {
        private final KnownFeatures synthetic;
        private final KnownFeatures real;

        Images(FeatureSet synthetic, FeatureSet real) {
            this.synthetic = synthetic == null ? null : new KnownFeatures(synthetic, manager);
            this.real = real == null ? null : new KnownFeatures(real, manager);
        }

        @Override
        public void close() {
            if (synthetic != null) {
                synthetic.close();
            }
            if (real != null) {
                real.close();
            }
        }
    }

    /**
     * Tuning settings. With real images alone there are no soft labels, and as many updates, rounded up to whole epochs, as beside
     * the synthetic images that the filter keeps at most: fewer images are not to mean less training. For the same reason a part
     * of the synthetic images is gone through in more epochs.
     */
    private TuningSettings tuning(RecognitionMethod method, FeatureSet real) {
        TuningSettings settings = method.usesReal() ? config.fewShotTuning() : config.zeroShotTuning();
        if (method == RecognitionMethod.REAL) {
            int synthetic = task.classes() * (config.filter().cap() == 0 ? config.synthetic().images()
                    : Math.min(config.filter().cap(), config.synthetic().images()));
            int perEpoch = new Epochs(real.size(), settings.realBatchSize()).updates();
            int epochs = (settings.updates(synthetic) + perEpoch - 1) / perEpoch;
            settings = settings.withEpochs(epochs).withBatchSizes(settings.realBatchSize(), settings.realBatchSize());
            return Json.replace(Json.replace(settings, "soft_share", 0), "scheduled_batch_size", 0);
        }
        return switch (method) {
            case SYNTHETIC_HARD -> Json.replace(settings, "soft_share", 0);
            case SYNTHETIC_SOFT -> Json.replace(settings, "soft_share", 1);
            default -> settings.withEpochs(method.part() * settings.epochs());
        };
    }

    private int updates(RecognitionMethod method, TuningSettings tuning, FeatureSet synthetic, FeatureSet real) {
        return switch (method) {
            case LINEAR_PROBE -> config.linearProbe().epochs() * perEpoch(method, tuning, synthetic, real);
            case COOP -> config.coop().epochs(task.shots(real)) * perEpoch(method, tuning, synthetic, real);
            case TIP_ADAPTER_F -> config.tipAdapter().epochs() * perEpoch(method, tuning, synthetic, real);
            default -> tuning.updates(first(synthetic, real).size());
        };
    }

    private int perEpoch(RecognitionMethod method, TuningSettings tuning, FeatureSet synthetic, FeatureSet real) {
        return new Epochs(first(synthetic, real).size(), batchSize(method, tuning)).updates();
    }

    private int batchSize(RecognitionMethod method, TuningSettings tuning) {
        return switch (method) {
            case LINEAR_PROBE -> config.linearProbe().batchSize();
            case COOP -> config.coop().batchSize();
            case TIP_ADAPTER_F -> config.tipAdapter().batchSize();
            default -> tuning.batchSize();
        };
    }

    private static FeatureSet first(FeatureSet synthetic, FeatureSet real) {
        return synthetic == null ? real : synthetic;
    }

    private Classifier student(RecognitionMethod method, FeatureSet real) {
        return switch (method) {
            case LINEAR_PROBE -> Head.zeros(manager, real.width(), task.classes());
            case COOP -> task.coop(config.coop().vectors(), seed);
            case TIP_ADAPTER_F -> tipAdapter(real);
            default -> task.head().copy();
        };
    }

    private TipAdapter tipAdapter(FeatureSet real) {
        return new TipAdapter(task.head(), real, task.classes(), config.tipAdapter(), manager);
    }

    private void searched(TipAdapter adapter, FeatureSet validation) {
        switch (config.choose()) {
            case VALIDATION -> adapter.search(validation, config.tipAdapter());
            case BEST_ON_TEST_AS_PUBLISHED -> adapter.search(task.test(), config.tipAdapter());
            default -> { }
        }
    }

    private ClassifierTrainer trainer(RecognitionMethod method, TuningSettings tuning, Classifier student, Head teacher,
            Images images, FeatureSet validation) {
        TrainingImages first = images.synthetic == null ? images.real : images.synthetic;
        TrainingImages second = images.synthetic == null ? null : images.real;
        TuningBatches batches = TuningBatches.shuffled(seed, first.size(), batchSize(method, tuning),
                second == null ? 0 : second.size(), tuning.realBatchSize());
        int perEpoch = new Epochs(first.size(), batchSize(method, tuning)).updates();
        BestEpoch best = new BestEpoch(perEpoch, chooser(student, validation), List.of(student.parameters()));
        Objective plain = Objective.crossEntropy(student, first, batches);
        List<Parameters> models = List.of(student.parameters());
        return switch (method) {
            case LINEAR_PROBE -> new ClassifierTrainer(models, ClassifierTrainer.adamW(config.linearProbe().weightDecay()), plain,
                    new Schedule(config.linearProbe().learningRate(), 0, config.linearProbe().epochs() * perEpoch),
                    Double.MAX_VALUE, best);
            case COOP -> {
                int epochs = config.coop().epochs(first.size() / task.classes());
                yield new ClassifierTrainer(models, config.coop()::optimizer, plain, config.coop().rates(epochs, perEpoch),
                        Double.MAX_VALUE, best);
            }
            case TIP_ADAPTER_F -> {
                TipAdapter.Settings tip = config.tipAdapter();
                Function<Parameters, Optimizer> optimizer = model ->
                        new AdamW(model, new AdamW.Settings(0.9, 0.999, tip.epsilon(), tip.weightDecay(), true));
                yield new ClassifierTrainer(models, optimizer, plain, new Schedule(tip.learningRate(), 0, tip.epochs() * perEpoch),
                        Double.MAX_VALUE, best);
            }
            default -> new ClassifierTrainer(models, ClassifierTrainer.adamW(tuning.weightDecay()),
                    Objective.tuning(student, teacher, first, second, batches, tuning), tuning.rates(first.size()),
                    tuning.clipNorm(), best);
        };
    }

    private DoubleSupplier chooser(Classifier student, FeatureSet validation) {
        return switch (config.choose()) {
            case LAST -> null;
            case VALIDATION -> () -> Accuracy.of(student, validation);
            case BEST_ON_TEST_AS_PUBLISHED -> () -> Accuracy.of(student, task.test());
        };
    }

    /** Everything that the classifier depends on. */
    private Map<String, Object> recipe(RecognitionMethod method, TuningSettings tuning, FeatureSet synthetic, FeatureSet real,
            FeatureSet validation) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("task", task.name());
        all.put("method", method.toString());
        all.put("seed", seed);
        all.put("choose", config.choose().name());
        all.put("settings", switch (method) {
            case LINEAR_PROBE -> config.linearProbe();
            case COOP -> config.coop();
            case TIP_ADAPTER_F -> config.tipAdapter();
            default -> tuning;
        });
        all.put("head", task.headHash());
        all.put("synthetic", hash(synthetic));
        all.put("real", hash(real));
        all.put("validation", hash(validation));
        all.put("test", hash(task.test()));
        return all;
    }

    static String hash(FeatureSet set) {
        return set == null ? "none" : hash(set.values()) + " " + Hashes.sha256(Arrays.toString(set.labels())
                .getBytes(StandardCharsets.UTF_8));
    }

    static String hash(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(values);
        return Hashes.sha256(bytes.array());
    }
}
