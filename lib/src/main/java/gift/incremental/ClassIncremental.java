package gift.incremental;

import com.fasterxml.jackson.annotation.JsonInclude;
import gift.continual.Training;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Json;
import gift.train.Epochs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The scenario: the classes of one data set are learnt step by step, and after each step the model is asked among all
 * classes seen so far. As in ZSCL's class-incremental part (Zheng et al. 2023): a step is one epoch over the images of its
 * classes, whose prompts alone compete in training.
 *
 * @param initial classes of the first step
 * @param increment classes of each later step; the last one takes what is left
 * @param order of the classes; the data set's own by default
 * @param epochs of a step, 1 by default as published; with n images and batches of b it makes epochs ceil(n / b) + 1
 *     updates, the last at learning rate 0, whatever the training says of iterations
 * @param templates of the prompts; empty for the published one of the data set ("a bad photo of a {}." for CIFAR100 and
 *     TinyImageNet, "a good photo of a {}." for ImageNet and ImageNet100), of other data sets their own
 * @param evaluation which crops are classified
 * @param imagesPerClass at most so many training images of a class, a fixed random choice; null for all
 */
public record ClassIncremental(Integer initial, Integer increment, ClassOrder order, Integer epochs, List<String> templates,
        Crops evaluation, @JsonInclude(JsonInclude.Include.NON_NULL) Integer imagesPerClass) {

    /** What of a test image is classified. */
    public enum Crops {
        /** The centre crop, as CLIP is evaluated. */
        CENTRE,
        /** Random crops of 0.9 to 1 of the area, new at every evaluation: the published code evaluates as it trains. */
        RANDOM_AS_PUBLISHED
    }

    /** The published prompts, by data set. */
    private static final Map<String, String> PROMPTS = Map.of("CIFAR100", "a bad photo of a {}.",
            "TinyImageNet", "a bad photo of a {}.", "ImageNet100", "a good photo of a {}.", "ImageNet", "a good photo of a {}.");

    /** The published learning rate is 7.1e-6 (ImageNet100: 7e-6, batches of 128); 30 updates of warm-up are fixed there. */
    public static final Training PUBLISHED_TRAINING = Json.replace(Json.replace(Training.DEFAULT, "warmup", 30),
            "learning_rate", 7.1e-6);

    /**
     * One step.
     *
     * @param name "classes_1-10"
     * @param from place of its first class in the order, from 0
     * @param classes numbers of its classes in the data set, in order
     */
    public record Step(String name, int from, int[] classes) {
        /** The place after its last class: as many classes are seen after the step. */
        public int to() {
            return from + classes.length;
        }
    }

    public ClassIncremental {
        atLeastOne("initial", initial);
        atLeastOne("increment", increment);
        order = order == null ? ClassOrder.AS_LISTED : order;
        epochs = epochs == null ? 1 : epochs;
        atLeastOne("epochs", epochs);
        atLeastOne("images_per_class", imagesPerClass);
        templates = templates == null ? List.of() : List.copyOf(templates);
        evaluation = evaluation == null ? Crops.CENTRE : evaluation;
    }

    private static void atLeastOne(String key, Integer value) {
        InputException.require(value == null || value >= 1, "class_incremental: " + key + " " + value + " must be at least 1");
    }

    /**
     * The steps over a data set.
     *
     * @param classNames as the data set lists them
     * @throws InputException if sizes are missing, the first step takes more classes than there are, or the order does not fit
     */
    public List<Step> steps(String dataSet, List<String> classNames) {
        InputException.require(initial != null && increment != null, "class_incremental: " + (initial == null ? "initial"
                : "increment") + " is missing: how many classes");
        int[] all = order.of(dataSet, classNames);
        InputException.require(initial <= all.length, "class_incremental: initial " + initial + " is more than the "
                + all.length + " classes of " + dataSet);
        List<Step> steps = new ArrayList<>();
        for (int from = 0, to = initial; from < all.length; from = to, to = Math.min(all.length, to + increment)) {
            String name = to - from == 1 ? "class_" + to : "classes_" + (from + 1) + "-" + to;
            steps.add(new Step(name, from, Arrays.copyOfRange(all, from, to)));
        }
        return steps;
    }

    /** The templates for a data set. */
    public List<String> templates(String dataSet, List<String> own) {
        return !templates.isEmpty() ? templates : PROMPTS.containsKey(dataSet) ? List.of(PROMPTS.get(dataSet)) : own;
    }

    /** How a step with these images is trained: iterations follow from epochs and batch size. */
    public Training training(Training general, Task step) {
        int batches = new Epochs(step.train().size(), general.batchSize()).updates();
        return Json.replace(general, "iterations", epochs * batches);
    }
}
