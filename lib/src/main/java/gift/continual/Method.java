package gift.continual;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import gift.io.InputException;
import java.util.Locale;

/**
 * What a continual method does besides the cross-entropy on the task's own pictures. Published defaults are
 * {@link #GIFT}; plain fine-tuning is {@link #FINETUNE}.
 *
 * @param teacher whose knowledge is kept, or null for no distillation
 * @param distillation weight alpha of the distillation
 * @param distillationKind its form
 * @param towers which towers the distillation reaches
 * @param alignment weight beta of the image-text alignment on the reference pairs
 * @param temperature T of the distillation
 * @param penalty what holds the weights near the task's start
 * @param penaltyWeight lambda of the penalty
 * @param fisherUpdates updates over which a static Fisher is averaged
 * @param averaging what becomes of the weights along the way
 * @param averageEvery updates between snapshots or moving-average steps
 * @param averageDecay d of the moving average
 */
public record Method(
        Teacher teacher,
        double distillation,
        DistillationKind distillationKind,
        Towers towers,
        double alignment,
        double temperature,
        Penalty penalty,
        double penaltyWeight,
        int fisherUpdates,
        Averaging averaging,
        int averageEvery,
        double averageDecay) {

    /** The form of the distillation. */
    public enum DistillationKind { CONTRASTIVE, REVERSED_KL, FEATURE_MSE }

    /** The towers that distillation and alignment reach; the other's features are then the teacher's. */
    public enum Towers { BOTH, IMAGE, TEXT }

    /** The weight penalty. STATIC_FISHER_AS_PUBLISHED never zeroes the gradients after the Fisher is taken. */
    public enum Penalty { NONE, L2, FISHER, STATIC_FISHER, STATIC_FISHER_AS_PUBLISHED }

    /**
     * ENSEMBLE: the task ends with the mean of its start and the snapshots after updates 0, k, 2k, ...; MOVING: after
     * these updates theta is overwritten by d theta + (1 - d) theta_start.
     */
    public enum Averaging { NONE, ENSEMBLE, MOVING }

    /**
     * The frozen model that teaches: r initial + (1 - r) previous.
     *
     * @param initialShare r in 0..1
     */
    public record Teacher(double initialShare) {
        public static final Teacher PREVIOUS = new Teacher(0);
        public static final Teacher INITIAL = new Teacher(1);

        public Teacher {
            if (!(initialShare >= 0 && initialShare <= 1)) {
                throw new InputException("teacher merge:" + initialShare + ": the share must be between 0 and 1");
            }
        }

        /** Reads "previous", "initial" or "merge:r". */
        @JsonCreator
        public static Teacher parse(String text) {
            if (text.equals("previous")) {
                return PREVIOUS;
            }
            if (text.equals("initial")) {
                return INITIAL;
            }
            if (text.matches("merge:\\d*\\.?\\d+")) {
                return new Teacher(Double.parseDouble(text.substring(6)));
            }
            throw new InputException("unknown teacher '" + text + "': use previous, initial or merge:r");
        }

        @JsonValue
        @Override
        public String toString() {
            return initialShare == 0 ? "previous" : initialShare == 1 ? "initial"
                    : String.format(Locale.ROOT, "merge:%s", initialShare);
        }
    }

    /** Cross-entropy alone. */
    public static final Method FINETUNE = new Method(null, 0, DistillationKind.CONTRASTIVE, Towers.BOTH, 0, 2,
            Penalty.NONE, 0, 0, Averaging.NONE, 100, 0.9);

    /** GIFT with the weights (1, 0.25, 1) of the published configuration. */
    public static final Method GIFT = new Method(Teacher.PREVIOUS, 1, DistillationKind.CONTRASTIVE, Towers.BOTH, 0.25,
            2, Penalty.FISHER, 1, 0, Averaging.NONE, 100, 0.9);

    public Method {
        if (!(distillation >= 0 && alignment >= 0 && penaltyWeight >= 0)) {
            throw new InputException("loss weights must not be negative");
        }
        if (!(temperature > 0)) {
            throw new InputException("temperature " + temperature + " must be positive");
        }
        if (averageEvery < 1) {
            throw new InputException("average_every " + averageEvery + " must be at least 1");
        }
        if (!(averageDecay >= 0 && averageDecay <= 1)) {
            throw new InputException("average_decay " + averageDecay + " must be between 0 and 1");
        }
        if (teacher == null && (distillation > 0 || towers != Towers.BOTH)) {
            throw new InputException("a method that distils needs a teacher: previous, initial or merge:r");
        }
        boolean fisher = penalty != Penalty.NONE && penalty != Penalty.L2;
        if (fisher && distillation == 0 && alignment == 0) {
            throw new InputException("a Fisher penalty needs distillation or alignment, whose gradients it is made of");
        }
        if (fisher && penalty != Penalty.FISHER && fisherUpdates < 1) {
            throw new InputException("a static Fisher needs fisher_updates of at least 1");
        }
    }

    /** This method with other weights alpha, beta and lambda; a weight of 0 leaves its term out. */
    public Method withWeights(double distillation, double alignment, double penaltyWeight) {
        return new Method(teacher, distillation, distillationKind, towers, alignment, temperature, penalty,
                penaltyWeight, fisherUpdates, averaging, averageEvery, averageDecay);
    }

    /** This method with another teacher. */
    public Method withTeacher(Teacher teacher) {
        return new Method(teacher, distillation, distillationKind, towers, alignment, temperature, penalty,
                penaltyWeight, fisherUpdates, averaging, averageEvery, averageDecay);
    }

    /** This method with another temperature T. */
    public Method withTemperature(double temperature) {
        return new Method(teacher, distillation, distillationKind, towers, alignment, temperature, penalty,
                penaltyWeight, fisherUpdates, averaging, averageEvery, averageDecay);
    }

    /** Whether a step needs reference pairs. */
    public boolean usesReference() {
        return distillation > 0 || alignment > 0;
    }
}
