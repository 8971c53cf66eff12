package gift.imagine;

import static gift.train.TrainingState.ADAMW;
import static gift.train.TrainingState.MEAN;
import static gift.train.TrainingState.PARAMETERS;

import ai.djl.ndarray.NDArray;
import gift.tensor.AdamW;
import gift.tensor.Curve;
import gift.tensor.GradientClipping;
import gift.tensor.Gradients;
import gift.tensor.MovingAverage;
import gift.tensor.ParameterGroup;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import gift.train.LateLosses;
import gift.train.LossValues;
import gift.train.TrainingState;
import gift.train.UpdateLosses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What trainings by self-distillation have in common, whatever their losses: a student, its teacher, which is the moving average
 * of it, AdamW, the centres of the teacher's outputs, and all of an update that comes after backward. The log has, behind the
 * losses, the entropy of the teacher's mean output ({@link Collapse}) and the norms of gradients before clipping.
 */
public final class StudentAndTeacher implements AutoCloseable {
    private static final String PROTOTYPES = "prototypes";
    private static final String CENTERS = "center";
    private static final String ENTROPY = "teacher_entropy";
    private static final String SINGLE = "entropy of single outputs"; // not logged

    private final Parameters student;
    private final MovingAverage mean;
    private final LateLosses lateLosses;
    private final AdamW optimizer;
    private final ParameterGroup withoutDecay;
    private final DistillationCurves curves;
    private final Function<String, String> clipped;
    private final Map<String, NDArray> centers = new LinkedHashMap<>();
    private final Collapse collapse;
    private final Curve prototypeRate;
    private final Curve decay;
    private final Curve temperature;

    /** Computes the losses of an update and, by backward, their gradients. */
    @FunctionalInterface
    public interface Losses {
        /**
         * @param values takes the losses
         * @return the teacher's probabilities over the prototypes of images, (N, K), without graph
         */
        NDArray of(Gradients recording, LossValues values);
    }

    /**
     * @param student whose trained tensors are optimized, and a copy of which the teacher starts with; it stays the caller's
     * @param withoutDecay tensors without weight decay
     * @param clipped the part of the model, by a tensor's name, whose gradients are clipped together
     * @param centers of the teacher by their names in checkpoints; they are closed with this object
     * @param prototypes K
     * @param notes is given a line when the teacher has collapsed
     */
    public StudentAndTeacher(Parameters student, DistillationCurves curves, ParameterGroup withoutDecay,
            Function<String, String> clipped, Map<String, TeacherCenter> centers, int prototypes, Consumer<String> notes) {
        this.student = student;
        this.curves = curves;
        this.withoutDecay = withoutDecay;
        this.clipped = clipped;
        mean = new MovingAverage(student, curves.teacherMomentum());
        lateLosses = new LateLosses(student.manager(), null, true);
        optimizer = new AdamW(student, AdamW.Settings.DEFAULT, List.of(
                ParameterGroup.of(PROTOTYPES, name -> name.endsWith(PrototypeHead.DIRECTIONS)), withoutDecay))
                .skippingWhere(lateLosses.skip());
        collapse = new Collapse(student.manager(), prototypes, notes);
        centers.forEach((name, center) -> this.centers.put(name, center.values()));
        this.centers.put("outputs", collapse.values());
        prototypeRate = curves.prototypeRate();
        decay = curves.decay();
        temperature = curves.teacherTemperature();
    }

    /** The teacher's tensors, which change with every update; they are closed with this object. */
    public Parameters teacher() {
        return mean.weights();
    }

    /** The teacher's temperature at an update. */
    public double temperature(int i) {
        return temperature.at(i);
    }

    /**
     * Makes update i.
     *
     * @param late whether its losses may be read later
     * @param logged from the values of the losses to what the log has of them
     */
    public UpdateLosses update(int i, boolean late, UnaryOperator<Map<String, Double>> logged, Losses losses) {
        return lateLosses.make(i, late, values -> logged.apply(judged(i, values)), values -> make(i, values, losses));
    }

    private void make(int i, LossValues values, Losses losses) {
        try (Gradients recording = Gradients.record()) {
            student.zeroGradients();
            NDArray targets = losses.of(recording, values);
            Collapse.Seen seen = Scopes.notRecording(() -> collapse.see(targets, i));
            values.add(Map.of(SINGLE, seen.ofSingle()), false);
            Map<String, NDArray> watched = new LinkedHashMap<>(Map.of(ENTROPY, seen.ofMean()));
            GradientClipping.onDevice(student, curves.clipNorm(), clipped)
                    .forEach((part, norm) -> watched.put("norm_" + part, norm));
            values.add(watched);
            lateLosses.settle(values);
            double rate = curves.rate().at(i);
            optimizer.step(student.gradients(), Map.of(PROTOTYPES, prototypeRate.at(i), withoutDecay.name(), rate,
                    ParameterGroup.REST.name(), rate), decay.at(i));
            mean.update(i);
        }
    }

    private Map<String, Double> judged(int i, Map<String, Double> values) {
        Map<String, Double> kept = new LinkedHashMap<>(values);
        collapse.judge(i, kept.get(ENTROPY), kept.remove(SINGLE));
        return kept;
    }

    /** Student, teacher, moments and centres, for a checkpoint. */
    public Map<String, NDArray> state() {
        return new TrainingState().put(PARAMETERS, student.all()).put(MEAN, mean.weights().all())
                .put(ADAMW, optimizer.state()).put(CENTERS, centers).all();
    }

    /** Goes on from a state taken before update {@code next}: the arrays are copied. */
    public void restore(Map<String, NDArray> state, int next) {
        TrainingState parts = new TrainingState(state);
        parts.copy(PARAMETERS, student.all());
        parts.copy(MEAN, mean.weights().all());
        parts.copy(CENTERS, centers);
        collapse.restored();
        optimizer.restore(parts.part(ADAMW), next);
    }

    @Override
    public void close() {
        optimizer.close();
        lateLosses.close();
        mean.close();
        centers.values().forEach(NDArray::close);
    }
}
