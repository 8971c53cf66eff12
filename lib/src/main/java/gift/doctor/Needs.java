package gift.doctor;

import ai.djl.ndarray.types.Shape;
import gift.clip.ClipConfig;
import gift.continual.Method.Averaging;
import gift.continual.Method.Learns;
import gift.continual.Method.Towards;
import gift.continual.Training;
import gift.data.Task;
import gift.study.Study;
import gift.study.StudyConfig;
import gift.study.StudyConfig.KeepWeights;
import gift.study.StudyMethod;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Memory and disk that a study takes. */
final class Needs {
    private static final int FLOAT = 4; // bytes
    // values that a transformer block keeps for its backward pass, in widths a token: 30 to 31 measured at 16 and 40 images
    private static final int KEPT = 30;
    private static final int PROMPT = 14; // tokens of a long class prompt
    private static final long ENGINE = 700L << 20; // bytes of the process before any model

    private static final Set<Averaging> AVERAGES_KEPT = EnumSet.of(Averaging.ENSEMBLE, Averaging.ENSEMBLE_MERGE);

    private Needs() {}

    /** Bytes of one copy of the weights. */
    static long weights(ClipConfig config) {
        return FLOAT * config.shapes().values().stream().mapToLong(Shape::size).sum();
    }

    /**
     * Bytes on the device while one method trains: copies of the weights (initial, student, the task's start, teacher,
     * gradients, two of AdamW, and what the method adds), and what the larger of the two passes keeps for its gradient.
     */
    static long device(ClipConfig config, StudyMethod method, List<Task> tasks) {
        if (!trains(method)) {
            return 2 * weights(config);
        }
        boolean fisher = switch (method.method().penalty()) {
            case STATIC_FISHER, STATIC_FISHER_AS_PUBLISHED, EWC -> true;
            case NONE, L2, FISHER -> false;
        };
        int copies = 6 + (method.method().teacher() == null ? 0 : 1) + (fisher ? 1 : 0)
                + (AVERAGES_KEPT.contains(method.method().averaging()) || method.method().averageTowards() == Towards.LAST ? 1 : 0);
        int classes = tasks.stream().mapToInt(task -> task.classNames().size()).max().orElse(0);
        long kept = 0;
        for (Training training : method.training()) {
            int reference = method.method().usesReference() ? training.referenceBatchSize() : 0;
            kept = Math.max(kept, Math.max(kept(config, training, training.batchSize(), classes),
                    kept(config, training, reference, reference)));
        }
        return copies * weights(config) + kept;
    }

    private static long kept(ClipConfig config, Training training, int images, int texts) {
        int layers = config.visionLayers().stream().mapToInt(n -> n).sum();
        int side = config.imageResolution() / (config.isVisionTransformer() ? config.visionPatchSize() : 8);
        long image = ((long) side * side + 1) * config.visionWidth();
        long text = (long) Math.min(PROMPT, config.contextLength()) * config.transformerWidth();
        int parts = training.accumulation(); // with more than one, the graph of one part of one tower at a time
        long ofImages = image * ((images + parts - 1) / parts);
        long ofTexts = text * ((texts + parts - 1) / parts);
        long inputs = parts > 1 ? Math.max(layers * ofImages, config.transformerLayers() * ofTexts)
                : layers * ofImages + config.transformerLayers() * ofTexts;
        // with checkpointing the inputs of all blocks, and what one block keeps
        return FLOAT * (training.checkpointing() ? inputs + KEPT * Math.max(ofImages, ofTexts) : KEPT * inputs);
    }

    /** Bytes that transformer blocks keep for their backward pass, of inputs of so many values, all blocks together. */
    static long kept(long inputs) {
        return FLOAT * KEPT * inputs;
    }

    /** Bytes of Java's heap: prepared test images of all tasks, one task's training images, reference images. */
    static long heap(ClipConfig config, List<Task> tasks, int testImages, int referencePairs) {
        long image = 3L * config.imageResolution() * config.imageResolution();
        long tests = tasks.stream().mapToLong(task -> {
            int size = testImages == 0 ? task.test().size() : Math.min(testImages, task.test().size());
            return Math.min(Study.IMAGES_KEPT, size * image);
        }).sum();
        // decoded training images are larger than what is cut out of them; four times is an image of 448 x 448
        long training = tasks.stream().map(task -> Math.min(Study.IMAGES_KEPT, 4 * image * task.train().size()))
                .max(Comparator.naturalOrder()).orElse(0L);
        return tests + training + Math.min(Study.IMAGES_KEPT, referencePairs * image);
    }

    static long engine() {
        return ENGINE;
    }

    /** Bytes of the weights that stay, and of one checkpoint. */
    static long disk(ClipConfig config, StudyConfig study, int tasks, List<StudyMethod> methods) {
        long runs = methods.stream().filter(Needs::trains).count() * study.seeds().size();
        long dumps = methods.stream().filter(Needs::trains).flatMap(m -> m.training().stream())
                .filter(one -> one.dumpEvery() > 0).mapToLong(one -> one.iterations() / one.dumpEvery() + 1).sum()
                * study.seeds().size();
        long each = study.keepWeights() == KeepWeights.ALL ? tasks
                : study.keepWeights() == KeepWeights.LAST ? 1 : 0;
        long checkpoint = runs == 0 ? 0 : 5; // weights, two of AdamW, and the weights of two tasks for a moment
        return weights(config) * (runs * each + checkpoint + dumps);
    }

    private static boolean trains(StudyMethod method) {
        return method.method().learns() != Learns.NOTHING && method.method().learns() != Learns.GIVEN;
    }
}
