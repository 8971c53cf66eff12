package gift.continual;

import gift.continual.Method.Averaging;
import gift.continual.Method.Directions;
import gift.continual.Method.Learns;
import gift.continual.Method.Penalty;
import gift.continual.Method.Probe;
import gift.continual.Method.Teacher;
import gift.continual.Method.Texts;
import gift.continual.Method.Towards;
import gift.continual.Method.Towers;
import gift.continual.Method.Trains;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A method with one other setting: {@code Methods.GIFT.withAlignment(0)}. Every method on the way must be a valid one: a
 * teacher comes before what needs it.
 */
public interface MethodSetters {
    /**
     * The method with another value of one setting.
     *
     * @param component its name here, as in {@link Method}
     * @throws gift.io.InputException if the value is not allowed
     */
    Method with(String component, Object value);

    /** Own losses by name. */
    Map<String, Double> terms();

    default Method withLearns(Learns other) {
        return with("learns", other);
    }

    /** @param other null for none */
    default Method withTeacher(Teacher other) {
        return with("teacher", other);
    }

    /** @param other {@link #TASK}, {@link #EXEMPLARS} or the name of a reference set */
    default Method withReference(String other) {
        return with("reference", other);
    }

    default Method withTexts(Texts other) {
        return with("texts", other);
    }

    default Method withDistillation(double weight) {
        return with("distillation", weight);
    }

    default Method withReversed(boolean other) {
        return with("reversed", other);
    }

    default Method withDirections(Directions other) {
        return with("directions", other);
    }

    default Method withTowers(Towers other) {
        return with("towers", other);
    }

    default Method withAlignment(double weight) {
        return with("alignment", weight);
    }

    default Method withFeatureError(double weight) {
        return with("featureError", weight);
    }

    default Method withImageSimilarity(double weight) {
        return with("imageSimilarity", weight);
    }

    default Method withTemperature(double other) {
        return with("temperature", other);
    }

    default Method withPenalty(Penalty other) {
        return with("penalty", other);
    }

    default Method withPenaltyWeight(double weight) {
        return with("penaltyWeight", weight);
    }

    default Method withFisherUpdates(int updates) {
        return with("fisherUpdates", updates);
    }

    default Method withAveraging(Averaging other) {
        return with("averaging", other);
    }

    default Method withAverageEvery(int updates) {
        return with("averageEvery", updates);
    }

    default Method withAverageDecay(double decay) {
        return with("averageDecay", decay);
    }

    default Method withEvaluationShare(double share) {
        return with("evaluationShare", share);
    }

    default Method withMemory(int exemplars) {
        return with("memory", exemplars);
    }

    /** With one more term by a name of {@link LossTerms}, or another weight of it. */
    default Method withTerm(String name, double weight) {
        Map<String, Double> others = new LinkedHashMap<>(terms());
        others.put(name, weight);
        return with("terms", others);
    }

    default Method withTrains(Trains other) {
        return with("trains", other);
    }

    default Method withProbe(Probe other) {
        return with("probe", other);
    }

    default Method withAverageTowards(Towards other) {
        return with("averageTowards", other);
    }

    default Method withHerding(Herding other) {
        return with("herding", other);
    }

    /** @param other with {} for the class name; "" for each task's own */
    default Method withTemplate(String other) {
        return with("template", other);
    }

    /** The weights of a folder after each task: nothing is trained. */
    default Method withGivenWeights(String folder) {
        return with(Map.of("learns", Learns.GIVEN, "weights", folder));
    }

    /**
     * The method with other settings.
     *
     * @param changes by the keys of a study's file, {@code Map.of("teacher", "initial", "alignment", 0)}
     * @throws gift.io.InputException if there is no such setting, naming the nearest, or its value is not allowed
     */
    Method with(Map<String, ?> changes);
}
