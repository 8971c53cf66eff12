package gift.continual;

import gift.continual.Method.Learns;
import gift.continual.Method.Penalty;
import gift.continual.Method.Texts;
import gift.continual.Method.Towers;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a run of a method costs, in counts: updates, evaluations, and the images and texts that pass through the towers.
 * The doctor makes FLOPs of them and divides by the throughput of a machine; a job compares its runs by {@link #inUpdates}.
 *
 * @param training of each task, in the order of the study
 */
public record RunCost(Method method, List<Training> training) {
    /** FLOPs of a backward pass, in forward passes. */
    public static final double BACKWARD = 2;

    /** An evaluation of all tasks takes about half as long as fine-tuning on one of them (measured in the mini world). */
    private static final double EVALUATION = 0.5;

    /** The text of a reference pair takes about a tenth of an image (in the mini world a run of GIFT takes 26 s, of ZSCL 24 s). */
    private static final double TEXT = 0.1;

    /**
     * What of a task decides the cost of an update on it.
     *
     * @param images for training
     * @param pairs of the reference set; 0 where there are none, as there are no exemplars before the first task
     * @param texts distinct ones of these pairs, or those that all images are compared with
     */
    public record Sizes(int images, int classes, int pairs, int texts) {}

    /**
     * Images and texts of one update, and those that the teacher sees once before the first update on a task.
     *
     * @param images of the task, through the student
     * @param prompts of its classes, through the student
     * @param referenceImages through the student
     * @param referenceTexts through the student
     * @param teacherImages through the teacher
     * @param teacherTexts through the teacher
     * @param onceImages through the teacher, once a task
     * @param onceTexts through the teacher, once a task
     */
    public record Passes(int images, int prompts, int referenceImages, int referenceTexts, int teacherImages,
            int teacherTexts, int onceImages, int onceTexts) {}

    public RunCost {
        training = List.copyOf(training);
    }

    /**
     * The same where the numbers of training images are known, which decide how long epochs are.
     *
     * @param images by the number of the task
     */
    public RunCost forImages(Map<Integer, Integer> images) {
        return new RunCost(method, IntStream.range(0, training.size())
                .mapToObj(t -> images.containsKey(t) ? training.get(t).forImages(images.get(t)) : training.get(t)).toList());
    }

    /** Updates on task t. Joint training makes as many as all tasks have, each on images of one of them. */
    public int updates(int t) {
        int iterations = training.get(t).iterations();
        return method.learns() == Learns.TASKS ? iterations + 1 : method.learns() == Learns.JOINTLY ? iterations : 0;
    }

    /**
     * Training images of task t - 1 whose gradients are taken one by one before task t, each with the prompts of all its
     * classes: the Fisher information of EWC. 0 for other methods and before the first task.
     */
    public int fisherImages(int t) {
        return method.penalty() == Penalty.EWC && method.learns() == Learns.TASKS && t > 0 ? method.fisherUpdates() : 0;
    }

    /** How often each of so many tasks is evaluated: before training, and after each task or once at the end. */
    public int evaluations(int tasks) {
        return 1 + (method.learns() == Learns.TASKS || method.learns() == Learns.GIVEN ? tasks : 1) + withinTasks();
    }

    private int withinTasks() {
        return method.learns() != Learns.TASKS ? 0 : training.stream().filter(one -> one.evaluateEvery() > 0)
                .mapToInt(one -> one.iterations() / one.evaluateEvery()).sum();
    }

    /**
     * What one pass through the student takes, in forward passes: forward and backward, and the forward pass again that
     * gradient accumulation and activation checkpointing take each.
     */
    public double studentPass(int t) {
        Training one = training.get(t);
        return 1 + BACKWARD + (one.accumulation() > 1 ? 1 : 0) + (one.checkpointing() ? 1 : 0);
    }

    /** How often an update goes over all weights: by the optimizer, and by a weight penalty. */
    public int weightPasses() {
        return method.penalty() == Penalty.NONE ? 1 : 2;
    }

    /** Whether an update on a task of these sizes takes reference pairs. */
    public boolean usesPairs(Sizes sizes) {
        return method.usesReference() && sizes.pairs() > 0;
    }

    /** Whether every update takes other crops of the reference images, whose features cannot be kept. */
    public boolean cropsReference() {
        return method.reference().equals(Method.TASK);
    }

    /** Reference pairs of an update on task t. */
    public int referenceBatch(int t, Sizes sizes) {
        return usesPairs(sizes) ? Math.min(training.get(t).referenceBatchSize(), sizes.pairs()) : 0;
    }

    /** What passes through the towers in an update on task t. */
    public Passes passes(int t, Sizes sizes) {
        int batch = Math.min(training.get(t).batchSize(), sizes.images());
        if (!usesPairs(sizes)) {
            return new Passes(batch, sizes.classes(), 0, 0, 0, 0, 0, 0);
        }
        int pairs = referenceBatch(t, sizes);
        int texts = method.texts() == Texts.PAIRED ? pairs : sizes.texts();
        boolean taught = method.teacher() != null;
        boolean textsKept = taught && training.get(t).shortcuts().cacheTeacher();
        boolean imagesKept = textsKept && !cropsReference();
        return new Passes(batch, sizes.classes(),
                method.towers() == Towers.TEXT ? 0 : pairs, method.towers() == Towers.IMAGE ? 0 : texts,
                taught && !imagesKept ? pairs : 0, taught && !textsKept ? texts : 0,
                imagesKept ? sizes.pairs() : 0, textsKept ? sizes.texts() : 0);
    }

    /**
     * About how long the run takes, in updates of plain fine-tuning, where nothing is known of data sets and model: full
     * batches of images, and of texts those of reference pairs. What the teacher sees once a task is left out.
     */
    public double inUpdates() {
        double learning = 0;
        double all = 0; // updates of fine-tuning
        for (int t = 0; t < training.size(); t++) {
            Training one = training.get(t);
            int pairs = method.keepsExemplars() && t == 0 ? 0 : one.referenceBatchSize();
            Passes passes = passes(t, new Sizes(one.batchSize(), 0, pairs, 0));
            double images = studentPass(t) * (passes.images() + passes.referenceImages() + TEXT * passes.referenceTexts())
                    + passes.teacherImages();
            double fisher = t == 0 ? 0 : studentPass(t - 1) * fisherImages(t);
            learning += (updates(t) * images + fisher) / ((1 + BACKWARD) * passes.images());
            all += one.iterations() + 1;
        }
        return learning + evaluations(training.size()) * EVALUATION * all / training.size();
    }
}
