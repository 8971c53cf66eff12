package gift.imagine;

import gift.io.InputException;
import gift.tensor.Curve;

/**
 * What changes along a pretraining by self-distillation, in numbers of updates.
 *
 * @param updates in all
 * @param rate the learning rate of all but the prototypes
 * @param weightDecay of AdamW at the start
 * @param finalWeightDecay at the end, along half a cosine
 * @param momentum of the teacher, m in teacher &lt;- m teacher + (1 - m) student, at the start
 * @param finalMomentum at the end, along half a cosine
 * @param temperature of the teacher at the start
 * @param finalTemperature of the teacher after {@code temperatureUpdates}, along a line
 * @param temperatureUpdates see there
 * @param frozenUpdates at the start, in which the prototypes stay as they are
 * @param clipNorm largest norm of the gradients of each part
 */
public record DistillationCurves(int updates, Curve rate, double weightDecay, double finalWeightDecay, double momentum,
        double finalMomentum, double temperature, double finalTemperature, int temperatureUpdates, int frozenUpdates,
        double clipNorm) {
    /** Whether a value is a share, in [0, 1]. */
    public static boolean isShare(double value) {
        return value >= 0 && value <= 1;
    }

    /**
     * Refuses values that no training can have.
     *
     * @param about what the settings are of, for the message
     * @param unit in which the settings count, as their keys have it: "updates" or "epochs"
     * @param temperatureSpan of the rise of the temperature, in this unit
     * @param frozenSpan of frozen prototypes, in this unit
     */
    public static void require(String about, String unit, double weightDecay, double finalWeightDecay, double momentum,
            double finalMomentum, double temperature, double finalTemperature, int temperatureSpan, int frozenSpan,
            double clipNorm) {
        require(weightDecay >= 0 && finalWeightDecay >= 0, about, "weight_decay " + weightDecay + " and final_weight_decay "
                + finalWeightDecay + " must not be negative");
        require(isShare(momentum) && isShare(finalMomentum), about, "momentum " + momentum + " and final_momentum "
                + finalMomentum + " must be in [0, 1]");
        require(temperature > 0 && finalTemperature > 0, about, "temperature " + temperature + " and final_temperature "
                + finalTemperature + " must be positive");
        require(temperatureSpan >= 0 && frozenSpan >= 0, about, "temperature_" + unit + " " + temperatureSpan + " and frozen_"
                + unit + " " + frozenSpan + " must not be negative");
        require(clipNorm > 0, about, "clip_norm " + clipNorm + " must be positive");
    }

    private static void require(boolean condition, String about, String message) {
        InputException.require(condition, about + ": " + message);
    }

    /** The learning rate of the prototypes: 0 in the first updates. */
    public Curve prototypeRate() {
        return i -> i < frozenUpdates ? 0 : rate.at(i);
    }

    public Curve decay() {
        return new Curve.Cosine(weightDecay, finalWeightDecay, updates);
    }

    public Curve teacherMomentum() {
        return new Curve.Cosine(momentum, finalMomentum, updates);
    }

    public Curve teacherTemperature() {
        return new Curve.Linear(temperature, finalTemperature, temperatureUpdates);
    }
}
