package gift.incremental;

import gift.data.ImageDataset;
import gift.data.ImageView;
import gift.data.Task;
import gift.eval.ConfusionMatrix;
import gift.incremental.ClassIncremental.Step;
import gift.io.InputException;
import gift.tensor.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The classes of one data set in the order of learning. A label is a class's place in that order, so that the classes seen
 * after a step are the first ones.
 */
public final class LabelSpace {
    private final ClassIncremental scenario;
    private final List<Step> steps;
    private final Task whole;
    private final List<Task> tasks;

    /**
     * @param data the data set
     * @throws InputException if the scenario does not fit its classes, or a step has no image
     */
    public LabelSpace(ClassIncremental scenario, Task data) {
        this.scenario = scenario;
        this.steps = scenario.steps(data.name(), data.classNames());
        List<String> templates = scenario.templates(data.name(), data.templates());
        int[] order = steps.stream().flatMapToInt(step -> Arrays.stream(step.classes())).toArray();
        ImageDataset train = scenario.imagesPerClass() == null ? data.train() : some(data.train(), scenario.imagesPerClass());
        this.whole = new Task(data.name(), new Classes(train, order), new Classes(data.test(), order), templates);
        this.tasks = steps.stream().map(step -> new Task(step.name(), ofStep(train, step, data.name() + "/train"),
                ofStep(data.test(), step, data.name() + "/test"), templates)).toList();
    }

    /** At most so many images of each class, in the order of the data set. */
    private static ImageDataset some(ImageDataset all, int most) {
        int[] labels = all.labels();
        return all.subset(IntStream.range(0, all.classNames().size()).flatMap(label -> {
            int[] own = IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
            int[] order = RandomStream.of(0, "training images of a class", label).permutation(own.length);
            return Arrays.stream(order).limit(most).map(i -> own[i]);
        }).sorted().toArray());
    }

    private static ImageDataset ofStep(ImageDataset data, Step step, String name) {
        Classes images = new Classes(data, step.classes());
        InputException.require(images.size() > 0, name + " has no image of " + step.name() + ", " + images.classNames());
        return images;
    }

    /** The images of some classes of a data set, in its order; labels are places in the list of classes. */
    private static final class Classes extends ImageView<ImageDataset> implements ImageDataset {
        private final List<String> names;
        private final int[] images;
        private final int[] labels;

        Classes(ImageDataset whole, int[] classes) {
            super(whole);
            names = Arrays.stream(classes).mapToObj(whole.classNames()::get).toList();
            int[] places = new int[whole.classNames().size()];
            Arrays.fill(places, -1);
            for (int place = 0; place < classes.length; place++) {
                places[classes[place]] = place;
            }
            int[] all = whole.labels();
            images = IntStream.range(0, all.length).filter(i -> places[all[i]] >= 0).toArray();
            labels = Arrays.stream(images).map(i -> places[all[i]]).toArray();
        }

        @Override
        protected int index(int i) {
            return images[i];
        }

        @Override
        public int size() {
            return images.length;
        }

        @Override
        public List<String> classNames() {
            return names;
        }

        @Override
        public int label(int i) {
            return labels[i];
        }
    }

    public ClassIncremental scenario() {
        return scenario;
    }

    public List<Step> steps() {
        return steps;
    }

    /** The names of the steps. */
    public List<String> names() {
        return steps.stream().map(Step::name).toList();
    }

    /** All classes as one task. */
    public Task whole() {
        return whole;
    }

    /** Each step as a task of its own: labels are places among the classes of the step. */
    public List<Task> tasks() {
        return tasks;
    }

    /** The step in which the class at a place of the order is learnt. */
    public int stepOf(int place) {
        return IntStream.range(0, steps.size()).filter(s -> place < steps.get(s).to()).findFirst().orElseThrow();
    }

    /**
     * Row i of the accuracy matrix: the accuracy on the test images of every step, in percent.
     *
     * @param confusion over the whole label space, see {@link LabelSpaceEvaluation}
     */
    public double[] accuracies(ConfusionMatrix confusion) {
        return steps.stream().mapToDouble(step -> {
            int images = IntStream.range(step.from(), step.to()).map(confusion::images).sum();
            return 100.0 * IntStream.range(step.from(), step.to()).map(confusion::right).sum() / images;
        }).toArray();
    }

    /** The accuracy over the classes seen after step {@code step}. */
    public SeenAccuracy seen(ConfusionMatrix confusion, int step) {
        int classes = steps.get(step).to();
        return new SeenAccuracy(steps.get(step).name(), classes,
                IntStream.range(0, classes).map(confusion::images).sum(), IntStream.range(0, classes).map(confusion::right).sum());
    }
}
