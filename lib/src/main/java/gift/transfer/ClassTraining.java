package gift.transfer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.clip.ImageTower;
import gift.data.ImageDataset;
import gift.image.Image;
import gift.image.Preprocess;
import gift.image.augment.Geometry;
import gift.nn.LinearProbe;
import gift.recognition.ClassifierTrainer;
import gift.recognition.Objective;
import gift.tensor.AdamW;
import gift.tensor.HostBuffers;
import gift.tensor.HostCopy;
import gift.tensor.HostImages;
import gift.tensor.NativeOps;
import gift.tensor.ParameterGroup;
import gift.tensor.RandomStream;
import gift.tensor.Schedule;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import gift.train.EndlessBatches;
import gift.train.Prefetch;
import gift.train.Stop;
import gift.train.Trainer;
import gift.train.TrainingLoop;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A tower and a new linear head on its features learn the classes of images, both end to end: supervised pretraining, and
 * transfer to a task.
 *
 * <pre>
 * L = CE(W f(x) + b, label), smoothed;     W = 0 and b = 0 at the start
 * </pre>
 */
public final class ClassTraining implements AutoCloseable {
    /** Tensors without weight decay. */
    static final ParameterGroup NO_DECAY = ParameterGroup.of("biases and normalizations",
            name -> name.endsWith("bias") || name.contains(".ln_")).withDecay(0);

    private static final int EVALUATED = 100; // images together
    private static final double MIRRORED = 0.5;

    private final ImageTower tower;
    private final ClassSettings settings;
    private final long seed;
    private final NDManager manager;
    private final LinearProbe head;
    private final ClassifierTrainer trainer;
    private final HostBuffers buffers = new HostBuffers();
    private final Prefetch<Batch> batches;

    /** What an update sees. */
    private record Batch(HostImages images, long[] labels) {}

    /**
     * @param tower that is trained; it stays the caller's
     * @param images whose classes are learnt; decoded at every update, by several threads, so better kept in memory ({@link
     *     ChosenImages})
     * @param seed of batches and crops
     */
    ClassTraining(ImageTower tower, ImageDataset images, ClassSettings settings, long seed) {
        this.tower = tower;
        this.settings = settings;
        this.seed = seed;
        this.manager = tower.parameters().manager();
        this.head = LinearProbe.zeros(manager, tower.dimension(), images.classNames().size());
        tower.train(name -> true);
        EndlessBatches order = new EndlessBatches(seed, "transfer batches", images.size(), settings.batchSize());
        this.batches = new Prefetch<>(update -> batch(images, order.batch(update), update), settings.updates());
        Objective objective = update -> {
            Batch batch = batches.get(update);
            NDArray logits = head.logits(tower.encode(batch.images.on(manager, buffers)));      // (B, C)
            return Map.of("loss", NativeOps.crossEntropy(
                    logits, Transfers.write(manager, batch.labels), settings.labelSmoothing()));
        };
        this.trainer = new ClassifierTrainer(List.of(tower.parameters(), head.parameters()),
                model -> new AdamW(model, new AdamW.Settings(0.9, 0.999, 1e-8, settings.weightDecay(), true), List.of(NO_DECAY)),
                objective, new Schedule(settings.learningRate(), settings.warmup(), settings.updates()), settings.clipNorm());
    }

    private Batch batch(ImageDataset images, int[] numbers, int update) {
        return new Batch(HostImages.of(numbers.length, i -> view(images.image(numbers[i]), numbers[i], update)),
                IntStream.of(numbers).mapToLong(images::label).toArray());
    }

    /** What an update sees of an image. */
    private Image view(Image image, int number, int update) {
        if (settings.leastArea() == 1 && !settings.mirror()) {
            return Preprocess.evaluation(image, tower.resolution());
        }
        RandomStream random = RandomStream.of(seed, "transfer crop", update, number);
        Preprocess.Box box = Preprocess.randomBox(image.width(), image.height(), settings.leastArea(), 1,
                Preprocess.CROP_MIN_RATIO, 1 / Preprocess.CROP_MIN_RATIO, random);
        Image crop = Preprocess.resizedCrop(image, box, tower.resolution());
        return settings.mirror() && random.nextDouble() < MIRRORED ? Geometry.flip(crop) : crop;
    }

    /** One update after the other, for {@link TrainingLoop#run}. */
    Trainer trainer() {
        return trainer;
    }

    /** Makes the updates that are left. */
    void run(TrainingLoop loop) {
        loop.run(trainer, manager);
    }

    /**
     * Percent of images that tower and head give their class, by the evaluation transform.
     *
     * @throws ArithmeticException if a logit is no number
     */
    double accuracy(ImageDataset images) {
        int count = (images.size() + EVALUATED - 1) / EVALUATED;
        int right = 0;
        try (Prefetch<HostImages> pixels = new Prefetch<>(k -> evaluated(images, k * EVALUATED), count)) {
            for (int k = 0; k < count; k++) {
                Stop.check();
                long[] best = best(pixels.get(k));
                for (int i = 0; i < best.length; i++) {
                    right += best[i] == images.label(k * EVALUATED + i) ? 1 : 0;
                }
            }
        }
        return 100.0 * right / images.size();
    }

    private HostImages evaluated(ImageDataset images, int from) {
        return HostImages.of(Math.min(EVALUATED, images.size() - from),
                i -> Preprocess.evaluation(images.image(from + i), tower.resolution()));
    }

    private long[] best(HostImages pixels) {
        long[][] best = new long[1][];
        Scopes.withoutGradients(() -> {
            NDArray logits = head.logits(tower.encode(pixels.on(manager, buffers)));
            if (!Float.isFinite(logits.sum().getFloat())) {
                throw new ArithmeticException("the logits of a tuned tower are no numbers: a lower learning rate may help");
            }
            best[0] = HostCopy.longs(logits.argMax(1));
        });
        return best[0];
    }

    @Override
    public void close() {
        batches.close();
        trainer.close();
        head.close();
    }
}
