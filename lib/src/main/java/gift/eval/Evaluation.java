package gift.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.clip.ZeroShotClassifier;
import gift.data.ImageCache;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.image.Image;
import gift.image.Preprocess;
import gift.nn.LinearProbe;
import gift.tensor.HostCopy;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Zero-shot accuracy on the test images of one task. The task is known: only its class names compete. Images are
 * resized and cropped once and kept as bytes, as the same ones are needed after every task.
 */
public final class Evaluation {
    private static final int BATCH = 100;
    private static final long KEPT = 1L << 28; // bytes

    private final Task task;
    private final ImageDataset data;
    private final IntFunction<Image> images; // prepared for the model

    /**
     * @param resolution R, pixels of a side
     * @param most use at most so many test images, a fixed random choice; 0 for all
     * @param cacheBytes bytes of prepared images kept in memory
     */
    public Evaluation(Task task, int resolution, int most, long cacheBytes) {
        this.task = task;
        this.data = most > 0 && most < task.test().size() ? choose(task.test(), most) : task.test();
        this.images = ImageCache.of(data, image -> Preprocess.evaluation(image, resolution), cacheBytes)::get;
    }

    private Evaluation(Task task, ImageDataset data, IntFunction<Image> images) {
        this.task = task;
        this.data = data;
        this.images = images;
    }

    /** The same of images that are prepared otherwise, R x R, by their numbers among {@link #images()}. */
    public Evaluation prepared(IntFunction<Image> other) {
        return new Evaluation(task, data, other);
    }

    /** The same with 256 MiB of prepared images kept in memory. */
    public Evaluation(Task task, int resolution, int most) {
        this(task, resolution, most, KEPT);
    }

    /** The same images in every run, whatever its seed. */
    private static ImageDataset choose(ImageDataset data, int most) {
        return data.subset(choose(data.size(), most));
    }

    /** Numbers of at most so many of the test images of a task, in order; the same whenever they are asked for. */
    public static int[] choose(int images, int most) {
        int[] order = RandomStream.of(0, "test pictures").permutation(images);
        int[] chosen = Arrays.copyOf(order, Math.min(most, images));
        Arrays.sort(chosen);
        return chosen;
    }

    public Task task() {
        return task;
    }

    /** The test images that are used. */
    public ImageDataset images() {
        return data;
    }

    /** Accuracy in percent. */
    public double accuracy(Clip model, Tokenizer tokenizer) {
        return confusion(model, tokenizer, () -> { }).accuracy();
    }

    /**
     * Which class was taken for which.
     *
     * @param eachBatch is called before every batch; what it throws ends the evaluation
     */
    public ConfusionMatrix confusion(Clip model, Tokenizer tokenizer, Runnable eachBatch) {
        return confusion(model, tokenizer, eachBatch, FeatureCache.NONE);
    }

    /** The same of a frozen model, whose features of the images may be known from before. */
    public ConfusionMatrix confusion(Clip model, Tokenizer tokenizer, Runnable eachBatch, FeatureCache known) {
        float[] features = known.of(model, data, () -> features(model, eachBatch));
        return ConfusionMatrix.of(task.classNames(), data.labels(), predictions(model, tokenizer, features));
    }

    /** The same by a linear classifier of the image features in place of the class prompts. */
    public ConfusionMatrix confusion(Clip model, LinearProbe classifier, Runnable eachBatch) {
        int[] predicted = predictions(model, features(model, eachBatch), rows -> {
            long[] best = HostCopy.longs(Scopes.withoutGradients(() -> classifier.logits(rows).argMax(1)));
            return Arrays.stream(best).mapToInt(Math::toIntExact).toArray();
        });
        return ConfusionMatrix.of(task.classNames(), data.labels(), predicted);
    }

    /**
     * The same where not all classes compete for an image.
     *
     * @param among for each image how many classes do, the first ones
     */
    public ConfusionMatrix confusion(Clip model, Tokenizer tokenizer, Runnable eachBatch, FeatureCache known, int[] among) {
        float[] features = known.of(model, data, () -> features(model, eachBatch));
        int[] predicted = new int[data.size()];
        int width = features.length / Math.max(1, predicted.length);
        try (ZeroShotClassifier classifier = classifier(model, tokenizer)) {
            for (int classes : Arrays.stream(among).distinct().sorted().toArray()) {
                int[] own = IntStream.range(0, among.length).filter(i -> among[i] == classes).toArray();
                for (int from = 0; from < own.length; from += BATCH) {
                    int[] batch = Arrays.copyOfRange(own, from, Math.min(own.length, from + BATCH));
                    float[] rows = new float[batch.length * width];
                    for (int i = 0; i < batch.length; i++) {
                        System.arraycopy(features, batch[i] * width, rows, i * width, width);
                    }
                    try (NDArray some = model.manager().create(rows, new Shape(batch.length, width))) {
                        int[] given = classifier.predictFeatures(some, classes);
                        IntStream.range(0, batch.length).forEach(i -> predicted[batch[i]] = given[i]);
                    }
                }
            }
        }
        return ConfusionMatrix.of(task.classNames(), data.labels(), predicted);
    }

    private ZeroShotClassifier classifier(Clip model, Tokenizer tokenizer) {
        return ZeroShotClassifier.of(model, tokenizer, task.templates().stream().map(task::prompts).toList());
    }

    /** The class given to each test image. */
    public int[] predictions(Clip model, Tokenizer tokenizer) {
        return predictions(model, tokenizer, features(model, () -> { }));
    }

    private int[] predictions(Clip model, Tokenizer tokenizer, float[] features) {
        try (ZeroShotClassifier classifier = classifier(model, tokenizer)) {
            return predictions(model, features, classifier::predictFeatures);
        }
    }

    /** @param classifier features (B, D) to classes */
    private int[] predictions(Clip model, float[] features, Function<NDArray, int[]> classifier) {
        int[] predicted = new int[data.size()];
        int width = features.length / Math.max(1, predicted.length);
        for (int from = 0; from < predicted.length; from += BATCH) {
            int count = Math.min(BATCH, predicted.length - from);
            float[] rows = Arrays.copyOfRange(features, from * width, (from + count) * width);
            try (NDArray some = model.manager().create(rows, new Shape(count, width))) {
                System.arraycopy(classifier.apply(some), 0, predicted, from, count);
            }
        }
        return predicted;
    }

    /** Unit-length features (images, D), flat. */
    private float[] features(Clip model, Runnable eachBatch) {
        return ImageFeatures.of(model, data.size(), images, eachBatch);
    }
}
