package gift.recognition;

import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.eval.FeatureCache;
import gift.eval.ImageFeatures;
import gift.tensor.HostCopy;
import gift.train.Stop;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A task as classifiers see it: its class names, the zero-shot head, and the features of its images. */
final class RecognitionTask implements AutoCloseable {
    private final Task task;
    private final Clip model;
    private final Tokenizer tokenizer;
    private final FeatureCache cache;
    private final Head head;
    private final FeatureSet test;
    private FeatureSet train;

    /** @param testImages at most so many, the first of the split; 0 for all */
    RecognitionTask(Task task, Clip model, Tokenizer tokenizer, FeatureCache cache, int testImages) {
        this.task = task;
        this.model = model;
        this.tokenizer = tokenizer;
        this.cache = cache;
        this.head = Head.zeroShot(model, tokenizer, task.templates().stream().map(task::prompts).toList());
        ImageDataset all = task.test();
        this.test = features(testImages == 0 || testImages >= all.size() ? all
                : all.subset(IntStream.range(0, testImages).toArray()));
    }

    /** Features of any images of the task's classes; from the cache if they were computed before. */
    FeatureSet features(ImageDataset images) {
        float[] values = ImageFeatures.of(model, images, cache, Stop::check);
        return new FeatureSet(values, images.labels(), model.config().embedDim());
    }

    String name() {
        return task.name();
    }

    Task task() {
        return task;
    }

    int classes() {
        return task.classNames().size();
    }

    /** Real images a class. */
    int shots(FeatureSet real) {
        return real.size() / classes();
    }

    /** The zero-shot classifier; not to be changed. */
    Head head() {
        return head;
    }

    String headHash() {
        return ClassifierRuns.hash(HostCopy.floats(head.parameters().get("weight")));
    }

    FeatureSet test() {
        return test;
    }

    /** Features of all training images. */
    FeatureSet train() {
        if (train == null) {
            train = features(task.train());
        }
        return train;
    }

    /** A draw of real images. */
    FewShots draw(int shots, int validation, long seed) {
        return FewShots.draw(task.train().labels(), task.classNames(), shots, validation, seed);
    }

    Coop coop(int vectors, long seed) {
        return new Coop(model, tokenizer, task.classNames(), vectors, seed);
    }

    /** Generated images in two parts: those to train on, and the last {@code each} of every class to choose by. */
    static FeatureSet[] divided(FeatureSet generated, int classes, int each) {
        int[] left = new int[classes];
        Arrays.stream(generated.labels()).forEach(label -> left[label]++);
        boolean[] chosen = new boolean[generated.size()];
        for (int i = 0; i < generated.size(); i++) {
            chosen[i] = left[generated.labels()[i]]-- <= each;
        }
        return new FeatureSet[] {generated.where(i -> !chosen[i]), generated.where(i -> chosen[i])};
    }

    @Override
    public void close() {
        head.close();
    }
}
