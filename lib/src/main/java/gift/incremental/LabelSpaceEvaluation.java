package gift.incremental;

import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.data.ImageCache;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.eval.ConfusionMatrix;
import gift.eval.Evaluation;
import gift.eval.FeatureCache;
import gift.image.Preprocess;
import gift.incremental.ClassIncremental.Crops;
import gift.tensor.RandomStream;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The evaluation after a step: every test image is asked among all classes seen so far. An image of a class that comes
 * later is asked among the classes up to those of its own step, which tells how well its step would go if it came now;
 * before any training this is the zero-shot accuracy that a step begins with. The features of all images and of all
 * prompts are computed once for all these questions.
 */
public final class LabelSpaceEvaluation {
    private final LabelSpace space;
    private final int resolution;
    private final long seed;
    private final Evaluation centre;
    private final ImageDataset images;
    private final ImageCache whole; // images as they are; null with centre crops
    private final int[] step; // of each image

    /**
     * @param resolution R, pixels of a side
     * @param most use at most so many test images of a step, a fixed random choice; 0 for all
     * @param templates use at most so many templates, the first; 0 for all
     * @param seed of random crops
     * @param cacheBytes bytes of images kept in memory
     */
    public LabelSpaceEvaluation(LabelSpace space, int resolution, int most, int templates, long seed, long cacheBytes) {
        this.space = space;
        this.resolution = resolution;
        this.seed = seed;
        Task all = most == 0 ? space.whole() : some(space, most);
        this.centre = new Evaluation(templates == 0 ? all : all.withTemplates(templates), resolution, 0, cacheBytes);
        this.images = centre.images();
        boolean random = space.scenario().evaluation() == Crops.RANDOM_AS_PUBLISHED;
        this.whole = random ? ImageCache.of(images, image -> image, cacheBytes) : null;
        this.step = Arrays.stream(images.labels()).map(space::stepOf).toArray();
    }

    /** At most so many test images of each step, those that an evaluation of the step alone takes. */
    private static Task some(LabelSpace space, int most) {
        int[] labels = space.whole().test().labels();
        int[] chosen = space.steps().stream().flatMapToInt(step -> {
            int[] own = IntStream.range(0, labels.length).filter(i -> labels[i] >= step.from() && labels[i] < step.to()).toArray();
            return Arrays.stream(Evaluation.choose(own.length, most)).map(i -> own[i]);
        }).sorted().toArray();
        Task whole = space.whole();
        return new Task(whole.name(), whole.train(), whole.test().subset(chosen), whole.templates());
    }

    public LabelSpace space() {
        return space;
    }

    /** The test images that are used, labels being places in the order of classes. */
    public ImageDataset images() {
        return images;
    }

    /** The same images with other random crops; the same object where crops are those of the centre. */
    public LabelSpaceEvaluation withSeed(long other) {
        return whole == null || seed == other ? this : new LabelSpaceEvaluation(this, other);
    }

    private LabelSpaceEvaluation(LabelSpaceEvaluation same, long seed) {
        this.space = same.space;
        this.resolution = same.resolution;
        this.seed = seed;
        this.centre = same.centre;
        this.images = same.images;
        this.whole = same.whole;
        this.step = same.step;
    }

    /**
     * Which class of the whole label space each test image is given after step {@code after}; -1 before the first.
     *
     * @param eachBatch is called before every batch; what it throws ends the evaluation
     * @param known features that are known of the model, with centre crops
     */
    public ConfusionMatrix confusion(Clip model, Tokenizer tokenizer, int after, Runnable eachBatch, FeatureCache known) {
        int[] among = Arrays.stream(step).map(own -> space.steps().get(Math.max(own, after)).to()).toArray();
        Evaluation evaluation = whole == null ? centre : centre.prepared(i -> Preprocess.randomResizedCrop(
                whole.get(i), resolution, RandomStream.of(seed, "evaluation crop", after + 1, i)));
        return evaluation.confusion(model, tokenizer, eachBatch, whole == null ? known : FeatureCache.NONE, among);
    }
}
