package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.ImageTower;
import gift.clip.PeftAdapter;
import gift.image.Image;
import gift.image.Preprocess;
import gift.image.augment.ViewAugmentation;
import gift.imagine.FewShotTrainer.Images;
import gift.imagine.ImagineConfig.Pooling;
import gift.io.InputException;
import gift.nn.LowRank;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.train.EndlessBatches;
import gift.train.Prefetch;
import gift.train.TrainingFolder;
import gift.train.TrainingLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Tunes a pretrained adapter on few real images and many synthetic ones of the same classes, and classifies with it. A tuning
 * leaves in its folder {@code model.safetensors} and, with low-rank weights, those alone ({@code low_rank.safetensors}), in
 * peft's layout ({@code peft}), and the tower with them merged ({@code tower.safetensors}); it resumes from its last
 * checkpoint and then ends in the same weights.
 */
public final class FewShotTuning {
    static final String MODEL = "model.safetensors";
    static final String LOW_RANK = "low_rank.safetensors";
    static final String MERGED = "tower.safetensors";
    static final String PEFT = "peft";

    private static final int EVALUATED = 128; // images of a batch

    /**
     * Images with their classes.
     *
     * @param labels classes from 0
     * @param image by its number; called from several threads
     */
    public record Labelled(int[] labels, IntFunction<Image> image) {
        int size() {
            return labels.length;
        }
    }

    /**
     * What is tuned and on what.
     *
     * @param tower a ViT; with low-rank weights it is changed while they are trained, and is as before afterwards
     * @param adapter the pretrained one
     * @param texts (C, D), flat: a text feature of unit length for each class
     * @param real few images
     * @param synthetic images of the same classes
     * @param fingerprint of all of these, for resuming
     * @param pooling of what the visual head gets; published are the moments
     */
    public record Task(ImageTower tower, PretrainedAdapter adapter, float[] texts, Labelled real, Labelled synthetic,
            String fingerprint, Pooling pooling) {
        public Task(ImageTower tower, PretrainedAdapter adapter, float[] texts, Labelled real, Labelled synthetic,
                String fingerprint) {
            this(tower, adapter, texts, real, synthetic, fingerprint, Pooling.MOMENTS);
        }

        public Task {
            adapter.requireWidth("the pretrained adapter", tower.dimension());
            int classes = texts.length / tower.dimension();
            InputException.require(real.size() > 0 && synthetic.size() > 0, "few-shot tuning needs real and synthetic images,"
                    + " and has " + real.size() + " and " + synthetic.size());
            for (Labelled images : new Labelled[] {real, synthetic}) {
                int largest = IntStream.of(images.labels()).max().orElse(0);
                InputException.require(largest < classes, "there are images of class " + largest + ", and text features of "
                        + classes + " classes, counted from 0");
            }
        }

        int items() {
            return Math.max(real.size(), synthetic.size());
        }
    }

    /** The recipe that a finished folder holds. */
    private record Recipe(TuningSettings settings, String task) {}

    private final Task task;
    private final ViewTokens known; // or null
    private final HostBuffers buffers = new HostBuffers();

    public FewShotTuning(Task task) {
        this(task, null);
    }

    /** @param known of these images and of the same seed and batch size, for a frozen tower; null to keep none */
    FewShotTuning(Task task, ViewTokens known) {
        this.task = task;
        this.known = known;
    }

    /**
     * Draws the images of a few-shot task: so many of each class, without repeating one.
     *
     * @param labels of all images
     * @param shots images of a class
     * @param seed of the draw
     * @return numbers of images, class by class
     * @throws InputException if a class has fewer
     */
    public static int[] draw(int[] labels, int classes, int shots, long seed) {
        int[] drawn = new int[Math.multiplyExact(classes, shots)];
        for (int c = 0; c < classes; c++) {
            int label = c;
            int[] of = IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
            InputException.require(of.length >= shots, "class " + c + " has " + of.length + " images, fewer than the " + shots
                    + " shots asked for");
            int[] order = RandomStream.of(seed, "imagine shots", c).permutation(of.length);
            for (int k = 0; k < shots; k++) {
                drawn[c * shots + k] = of[order[k]];
            }
        }
        return drawn;
    }

    /** Tunes to the end, or goes on where it was stopped; does nothing if the model of these settings is there. */
    public void run(TuningSettings settings, Path output, int checkpointEvery) {
        new TrainingFolder("few shots", output, new Recipe(settings, task.fingerprint), settings.updates(task.items()),
                checkpointEvery).train(false, loop -> train(settings, loop, output));
    }

    private void train(TuningSettings settings, TrainingLoop loop, Path output) {
        ImageTower tower = task.tower;
        NDManager parent = tower.parameters().manager().getParentManager();
        boolean frozen = settings.lowRank() == null;
        long numbers = 2L * settings.updates(task.items()) * settings.batchSize() * tower.tokens() * tower.dimension();
        ViewTokens views = frozen && ViewTokens.fit(numbers) ? known : null;
        try (NDManager manager = parent.newSubManager();
                FewShotModel model = FewShotModel.create(manager, task.adapter.config(), task.adapter.parameters(), task.pooling,
                        task.texts, frozen, settings.seed());
                LowRank lowRank = frozen ? null : lowRank(tower, settings);
                Prefetch<FewShotTrainer.Batch> batches = new Prefetch<>(
                        i -> batch(settings, i, views), settings.updates(task.items()));
                FewShotTrainer trainer = new FewShotTrainer(model, (images, half) -> tokens(tower, images, half, views),
                        tower.parameters(), lowRank, settings, task.items(), batches::get)) {
            loop.run(trainer, manager);
            if (lowRank != null) {
                lowRank.save(output.resolve(LOW_RANK));
                PeftAdapter.save(output.resolve(PEFT), lowRank);
                lowRank.merge();
                tower.save(output.resolve(MERGED));
                lowRank.unmerge();
            }
            model.save(output.resolve(MODEL));
        }
    }

    /** New low-rank weights beside the projections of attention of all blocks. */
    private static LowRank lowRank(ImageTower tower, TuningSettings settings) {
        LowRank.Settings size = settings.lowRank().settings(settings.seed());
        return LowRank.under(tower.parameters(), name -> name.contains(".attn."), size, LowRank.uniform(size));
    }

    /** @param views keeps them, and what it keeps stays open; null where it cannot */
    private static NDArray tokens(ImageTower tower, Images images, long half, ViewTokens views) {
        NDManager manager = tower.parameters().manager();
        NDArray known = views == null ? null : views.get(half);
        if (known != null) {
            return known;
        }
        NDArray tokens = tokens(tower, images.values().apply(manager));
        if (views != null) {
            views.put(half, tokens);
        }
        return tokens;
    }

    private static NDArray tokens(ImageTower tower, NDArray images) {
        return tower.projectedTokenChain(images).forward();
    }

    /** What update i sees: of the longer list some items, and the items of the same places, modulo its length, of the other. */
    private FewShotTrainer.Batch batch(TuningSettings settings, int i, ViewTokens views) {
        int[] places = new EndlessBatches(settings.seed(), "imagine few shots", task.items(), settings.batchSize()).batch(i);
        return new FewShotTrainer.Batch(images(settings, task.real, places, i, 0, views),
                images(settings, task.synthetic, places, i, 1, views));
    }

    private Images images(TuningSettings settings, Labelled images, int[] places, int update, int kind, ViewTokens views) {
        int side = task.tower.resolution();
        int[] chosen = IntStream.of(places).map(place -> place % images.size()).toArray();
        boolean known = views != null && views.get(2L * update + kind) != null;
        ViewAugmentation augmentation = new ViewAugmentation(side);
        HostImages seen = known ? null : HostImages.of(chosen.length, k -> augmentation.fewShot(
                images.image().apply(chosen[k]), RandomStream.of(settings.seed(), "imagine few-shot view", update, k, kind)));
        return new Images(known ? null : manager -> seen.on(manager, buffers), IntStream.of(chosen).map(k -> images.labels()[k]).toArray());
    }

    /**
     * Logits of both heads of a tuned model for images, after CLIP's evaluation preprocessing.
     *
     * @param folder of {@link #run}, or one with a given model, which is all that evaluation needs: {@code model.safetensors}
     *     and, with low-rank weights, {@code tower.safetensors}
     * @param tower for models without low-rank weights
     */
    public static Fusion.Logits logits(Path folder, ImageTower tower, Labelled images) {
        NDManager parent = tower.parameters().manager().getParentManager();
        Path merged = folder.resolve(MERGED);
        try (NDManager manager = parent.newSubManager();
                FewShotModel model = FewShotModel.load(folder.resolve(MODEL), manager);
                ImageTower own = Files.exists(merged) ? ImageTower.load(merged, manager) : null) {
            return logits(model, own == null ? tower : own, images);
        }
    }

    /**
     * The same for a model on a frozen tower, whose tokens are known.
     *
     * @param tokens of {@link #tokens(ImageTower, Labelled)}
     */
    static Fusion.Logits logits(Path folder, ImageTower tower, float[] tokens, int[] labels) {
        NDManager parent = tower.parameters().manager().getParentManager();
        try (NDManager manager = parent.newSubManager();
                FewShotModel model = FewShotModel.load(folder.resolve(MODEL), manager)) {
            return joined(model, labels, (from, count) -> {
                int each = tokens.length / labels.length;
                Shape shape = new Shape(count, each / tower.dimension(), tower.dimension());
                return manager.create(Arrays.copyOfRange(tokens, from * each, (from + count) * each), shape);
            });
        }
    }

    /** Tokens of images after CLIP's evaluation preprocessing, (N, T, D) flat. */
    static float[] tokens(ImageTower tower, Labelled images) {
        float[][] all = new float[images.size()][];
        for (int from = 0; from < images.size(); from += EVALUATED) {
            int first = from;
            int count = Math.min(EVALUATED, images.size() - from);
            Scopes.withoutGradients(() -> {
                float[] some = tokens(tower, pixels(tower, images, first, count)).toFloatArray();
                for (int k = 0; k < count; k++) {
                    all[first + k] = Arrays.copyOfRange(some, k * some.length / count, (k + 1) * some.length / count);
                }
            });
        }
        float[] flat = new float[all.length * all[0].length];
        for (int i = 0; i < all.length; i++) {
            System.arraycopy(all[i], 0, flat, i * all[0].length, all[0].length);
        }
        return flat;
    }

    /** Images (count, 3, R, R) as they are evaluated. */
    private static NDArray pixels(ImageTower tower, Labelled images, int from, int count) {
        int side = tower.resolution();
        return HostImages.of(count, k -> Preprocess.evaluation(images.image().apply(from + k), side))
                .on(tower.parameters().manager());
    }

    /** The tokens of some images. */
    private interface TokenBatches {
        NDArray tokens(int from, int count);
    }

    static Fusion.Logits logits(FewShotModel model, ImageTower tower, Labelled images) {
        return joined(model, images.labels(), (from, count) -> tokens(tower, pixels(tower, images, from, count)));
    }

    private static Fusion.Logits joined(FewShotModel model, int[] labels, TokenBatches batches) {
        int classes = model.classes();
        float[] visual = new float[labels.length * classes];
        float[] text = new float[visual.length];
        for (int from = 0; from < labels.length; from += EVALUATED) {
            int first = from;
            int count = Math.min(EVALUATED, labels.length - from);
            Scopes.withoutGradients(() -> {
                Fusion.Logits some = model.logits(batches.tokens(first, count), Arrays.copyOfRange(labels, first, first + count));
                System.arraycopy(some.visual(), 0, visual, first * classes, some.visual().length);
                System.arraycopy(some.text(), 0, text, first * classes, some.text().length);
            });
        }
        return new Fusion.Logits(visual, text, labels);
    }
}
