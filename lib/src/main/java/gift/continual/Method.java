package gift.continual;

import static gift.io.InputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import gift.clip.Trainable;
import gift.io.FirstConstant;
import gift.io.InputException;
import gift.io.Json;
import gift.io.OrNull;
import gift.io.Records;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A continual method: what it does besides the cross-entropy on the task's own images. {@link Methods} has those of
 * the paper; an own one differs from one of them: {@code Methods.GIFT.withTeacher(Teacher.INITIAL)}.
 *
 * <p>{@link LossTerms} says which terms of the loss these settings are, {@link WeightPenalty} and {@link WeightAverage} what
 * they do to the weights.
 *
 * @param learns from what it learns
 * @param teacher whose knowledge is kept, or null for no distillation
 * @param reference on which images it distils: {@code task} (the current task's, in an order of their own),
 *     {@code exemplars} (a memory of images of earlier tasks), or the name of one of the study's reference sets
 * @param texts the texts with which these images are compared
 * @param distillation weight alpha of the distillation of similarities (equation 3)
 * @param reversed whether the reverse KL divergence is taken
 * @param directions which of the two halves of equations 3 and 4 count, image to text and text to image
 * @param towers which towers the losses on reference images reach
 * @param alignment weight beta of the image-text alignment (equation 4)
 * @param featureError weight of the MSE of the features to the teacher's
 * @param imageSimilarity weight of the distillation of the similarities between images
 * @param temperature T of all distillation
 * @param penalty what holds the weights near the task's start
 * @param penaltyWeight lambda of the penalty
 * @param fisherUpdates updates over which a static Fisher is averaged; with EWC the images of a task whose gradients make
 *     its Fisher
 * @param averaging how the weights are averaged
 * @param averageEvery updates between snapshots or moving-average steps
 * @param averageDecay d of the averaging
 * @param evaluationShare r: evaluated is r theta + (1 - r) theta_initial; training goes on with theta itself
 * @param memory exemplars kept of all tasks together
 * @param extra own loss terms and weight policies, given in Java; a file cannot hold them
 * @param terms own losses by the names of {@link LossTerms}, with their weights
 * @param competingTexts texts beside the current class prompts in the cross-entropy
 * @param herding how the memory is filled
 * @param trains which weights are trained
 * @param probe whether the task's images are classified by a linear classifier instead of the class prompts
 * @param averageTowards what MOVING and MERGE draw the weights towards
 * @param template of the class prompts in training; empty for the first of each task
 * @param weights folder of {@code <task>.pth} or {@code .safetensors}; empty unless the method learns GIVEN
 */
public record Method(
        Learns learns,
        @OrNull Teacher teacher,
        String reference,
        Texts texts,
        double distillation,
        boolean reversed,
        Directions directions,
        Towers towers,
        double alignment,
        double featureError,
        double imageSimilarity,
        double temperature,
        Penalty penalty,
        double penaltyWeight,
        int fisherUpdates,
        Averaging averaging,
        int averageEvery,
        double averageDecay,
        double evaluationShare,
        int memory,
        @JsonIgnore Extra extra,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> terms,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = FirstConstant.class) CompetingTexts competingTexts,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = FirstConstant.class) Herding herding,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = FirstConstant.class) Trains trains,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = FirstConstant.class) Probe probe,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = FirstConstant.class) Towards averageTowards,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String template,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String weights) implements MethodSetters {

    /** Keys that are written only where they are used. */
    public static final List<String> RARE_KEYS = List.of("terms", "competing_texts", "herding", "trains", "probe",
            "average_towards", "template", "weights");

    /** {@link #reference} of methods that distil on the current task's images. */
    public static final String TASK = "task";

    /** {@link #reference} of methods that distil on a memory of earlier images. */
    public static final String EXEMPLARS = "exemplars";

    private static final String STUDENT = "student_as_published"; // a teacher

    /**
     * TASKS: one task after the other; JOINTLY: all at once, an upper bound; NOTHING: the model stays as it is; GIVEN:
     * nothing is trained, after each task the weights are those of a file.
     */
    public enum Learns { TASKS, JOINTLY, NOTHING, GIVEN }

    /**
     * PAIRED: each image's own; ALL: all texts of the reference set, for the task's images and for exemplars the
     * current class prompts; RANDOM: 1,000 random sentences, drawn once a task; SEEN: the class prompts of all tasks up to
     * the current one.
     */
    public enum Texts { PAIRED, ALL, RANDOM, SEEN }

    /** IMAGE: each image's distribution over the texts (rows of M); TEXT: each text's over the images (columns). */
    public enum Directions { BOTH, IMAGE, TEXT }

    /** The other tower's features are the teacher's, on both sides. */
    public enum Towers { BOTH, IMAGE, TEXT }

    /**
     * The weight penalty. FISHER and STATIC_FISHER take the Fisher information of distillation and alignment, at every
     * update or at the first ones; STATIC_FISHER_AS_PUBLISHED never zeroes the gradients after that. EWC takes that of the
     * cross-entropy of the earlier tasks ({@link TaskFisher}).
     */
    public enum Penalty { NONE, L2, FISHER, STATIC_FISHER, STATIC_FISHER_AS_PUBLISHED, EWC }

    /**
     * ENSEMBLE: the task ends with the mean of its start and the snapshots after updates 0, k, 2k, ...; MOVING: after
     * these updates theta is overwritten by d theta + (1 - d) theta_start; MERGE: the task ends with d theta +
     * (1 - d) theta_start; ENSEMBLE_MERGE: ENSEMBLE, whose mean is replaced by d mean + (1 - d) theta_start after every
     * snapshot.
     */
    public enum Averaging { NONE, ENSEMBLE, MOVING, MERGE, ENSEMBLE_MERGE }

    /** START: the weights of the task's start; LAST: those before the last averaging; INITIAL: the pretrained ones. */
    public enum Towards { START, LAST, INITIAL }

    /** What of the model is trained; the logit scale never is. The names are those of {@link Trainable}. */
    public enum Trains {
        WHOLE, IMAGE, TEXT, LAST_LAYER, IMAGE_LAST_LAYER, NONE;

        /** The names of the trained tensors. */
        public Trainable names() {
            return Trainable.valueOf(name());
        }

        /** Whether something of the image tower is trained. */
        public boolean images() {
            return this != TEXT && this != NONE;
        }

        /** Whether something of the text tower is trained. */
        public boolean texts() {
            return this == WHOLE || this == TEXT || this == LAST_LAYER;
        }
    }

    /** The classifier of a task's images: its class prompts, or a linear one that starts with their features or with zeros. */
    public enum Probe { NONE, TEXTS, ZEROS }

    /**
     * The frozen model that teaches: r initial + (1 - r) previous, or one from a file.
     *
     * @param initialShare r in 0..1
     * @param student whether the student itself teaches, so that distillation has no gradient: what the published
     *     class-incremental code of ZSCL does for LwF, LwF-VR and iCaRL, whose teacher shares memory with the student
     * @param weights the file; empty for none
     */
    public record Teacher(double initialShare, boolean student, String weights) {
        /** Before the path of a teacher of a file. */
        public static final String FILE = "weights:";
        public static final Teacher PREVIOUS = new Teacher(0);
        public static final Teacher INITIAL = new Teacher(1);
        public static final Teacher STUDENT_AS_PUBLISHED = new Teacher(0, true, "");

        public Teacher(double initialShare) {
            this(initialShare, false, "");
        }

        /** One of a file. */
        public static Teacher of(String weights) {
            return new Teacher(0, false, weights);
        }

        public Teacher {
            if (!(initialShare >= 0 && initialShare <= 1)) {
                throw new InputException("teacher merge:" + initialShare + ": the share must be between 0 and 1");
            }
        }

        /** Reads "previous", "initial", "merge:r", "weights:FILE" or "student_as_published". */
        @JsonCreator
        public static Teacher parse(String text) {
            if (text.matches("merge:\\d*\\.?\\d+")) {
                return new Teacher(Double.parseDouble(text.substring(6)));
            }
            if (text.startsWith(FILE) && text.length() > FILE.length()) {
                return of(text.substring(FILE.length()));
            }
            return Stream.of(PREVIOUS, INITIAL, STUDENT_AS_PUBLISHED).filter(known -> known.toString().equals(text)).findFirst()
                    .orElseThrow(() -> new InputException("unknown teacher '" + text
                            + "': use previous, initial, merge:r or weights:FILE"));
        }

        @JsonValue
        @Override
        public String toString() {
            return !weights.isEmpty() ? FILE + weights : student ? STUDENT
                    : initialShare == 0 ? "previous" : initialShare == 1 ? "initial"
                    : String.format(Locale.ROOT, "merge:%s", initialShare);
        }
    }

    public Method {
        extra = extra == null ? Extra.NONE : extra;
        competingTexts = competingTexts == null ? CompetingTexts.NONE : competingTexts;
        herding = herding == null ? Herding.BY_CLASS : herding;
        trains = trains == null ? Trains.WHOLE : trains;
        probe = probe == null ? Probe.NONE : probe;
        averageTowards = averageTowards == null ? Towards.START : averageTowards;
        template = template == null ? "" : template;
        weights = weights == null ? "" : weights;
        terms = terms == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(terms));
        terms.forEach((name, weight) -> {
            LossTerms.named(name, 1);
            require(weight != null && weight >= 0, "terms: the weight of " + name + " must be a number that is not negative");
        });
        require(distillation >= 0 && alignment >= 0 && featureError >= 0 && imageSimilarity >= 0 && penaltyWeight >= 0,
                "loss weights must not be negative");
        require(temperature > 0, "temperature " + temperature + " must be positive");
        require(averageEvery >= 1, "average_every " + averageEvery + " must be at least 1");
        require(averageDecay >= 0 && averageDecay <= 1, "average_decay " + averageDecay + " must be between 0 and 1");
        require(evaluationShare > 0 && evaluationShare <= 1,
                "evaluation_share " + evaluationShare + " must be above 0 and at most 1");
        require(memory >= 1, "memory " + memory + " must be at least 1");
        require(reference != null && !reference.isBlank(), "reference is empty: task, exemplars or a reference set");
        boolean distils = distillation > 0 || featureError > 0 || imageSimilarity > 0;
        require(teacher != null || !distils && towers == Towers.BOTH,
                "a method that distils needs a teacher: previous, initial or merge:r");
        require(alignment == 0 || texts == Texts.PAIRED, "alignment needs each image's own text: texts paired");
        require(!reversed || distillation > 0, "reversed says how to distil, but distillation is 0");
        require(texts == Texts.PAIRED || featureError == 0 || towers != Towers.TEXT,
                "feature_error needs the image tower or each image's own text");
        boolean fisher = penalty == Penalty.FISHER || isStatic(penalty);
        require(!fisher || distils || alignment > 0,
                "a Fisher penalty needs distillation or alignment, whose gradients it is made of");
        require(!isStatic(penalty) || fisherUpdates >= 1, "a static Fisher needs fisher_updates of at least 1");
        require(penalty != Penalty.EWC || fisherUpdates >= 1,
                "penalty ewc needs fisher_updates of at least 1: the images that its Fisher is taken from");
        boolean named = !reference.equals(TASK) && !reference.equals(EXEMPLARS);
        require(competingTexts != CompetingTexts.CAPTIONS || named,
                "competing_texts captions needs a reference set with sentences, not reference " + reference);
        require(competingTexts == CompetingTexts.NONE || learns == Learns.TASKS, "competing_texts goes with learns tasks alone");
        boolean onImages = towers == Towers.IMAGE || imageSimilarity > 0 || featureError > 0 && texts != Texts.PAIRED;
        require(!distils && alignment == 0 || (onImages ? trains.images() : towers == Towers.TEXT ? trains.texts()
                : trains != Trains.NONE), "its losses on reference images do not reach what it trains, trains " + lower(trains));
        require(probe == Probe.NONE || !trains.texts() && learns == Learns.TASKS && competingTexts == CompetingTexts.NONE,
                "a probe goes with learns tasks and trains image, image_last_layer or none");
        require(trains != Trains.NONE || probe != Probe.NONE && penalty == Penalty.NONE && averaging == Averaging.NONE,
                "trains none leaves nothing to train but a probe (texts or zeros), without penalty and averaging");
        require(averageTowards == Towards.START || averaging == Averaging.MOVING
                || averaging == Averaging.MERGE && averageTowards == Towards.INITIAL,
                "average_towards " + lower(averageTowards) + " does not go with averaging " + lower(averaging));
        require(template.isEmpty() || template.contains("{}"), "template \"" + template + "\" has no {} for the class name");
        require((learns == Learns.GIVEN) != weights.isEmpty(), "learns given and weights, a folder, go together");
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isStatic(Penalty penalty) {
        return penalty == Penalty.STATIC_FISHER || penalty == Penalty.STATIC_FISHER_AS_PUBLISHED;
    }

    @Override
    public Method with(String component, Object value) {
        return Records.with(this, component, value);
    }

    @Override
    public Method with(Map<String, ?> changes) {
        return Json.with("method", Json.toTree(changes), Method.class, this).with("extra", extra);
    }

    /** With one more loss on the reference images. */
    public Method plus(String name, double weight, ReferenceLoss loss) {
        return plus(new LossTerm(name, weight, loss));
    }

    /** With one more loss on the task's own images and labels. */
    public Method plus(String name, double weight, TaskLoss loss) {
        return plus(new LossTerm(name, weight, loss));
    }

    private Method plus(LossTerm term) {
        return with("extra", new Extra(Stream.concat(extra.terms().stream(), Stream.of(term)).toList(), extra.policies()));
    }

    /** With something more that acts on the weights; one is made for every task. */
    public Method plus(WeightPolicy.Maker policy) {
        return with("extra", new Extra(extra.terms(), Stream.concat(extra.policies().stream(), Stream.of(policy)).toList()));
    }

    /** The terms beside those that have a setting of their own: by name, and given in Java. */
    List<LossTerm> ownTerms() {
        return Stream.concat(terms.entrySet().stream().map(e -> LossTerms.named(e.getKey(), e.getValue())),
                extra.terms().stream()).toList();
    }

    /** Whether a step needs reference images. */
    public boolean usesReference() {
        return distillation > 0 || alignment > 0 || featureError > 0 || imageSimilarity > 0
                || ownTerms().stream().anyMatch(LossTerm::onPairs);
    }

    /** Whether it needs a reference set of the study: to distil on its images, or for its captions. */
    public boolean usesReferenceSet() {
        return (usesReference() || competingTexts == CompetingTexts.CAPTIONS) && !reference.equals(TASK) && !reference.equals(EXEMPLARS);
    }

    /** Whether it keeps exemplars of earlier tasks. */
    public boolean keepsExemplars() {
        return usesReference() && reference.equals(EXEMPLARS);
    }
}
