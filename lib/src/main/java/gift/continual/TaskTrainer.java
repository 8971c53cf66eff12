package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.clip.Clip;
import gift.clip.TokenRows;
import gift.continual.Method.Towers;
import gift.continual.ReferenceLoss.Features;
import gift.nn.LinearProbe;
import gift.tensor.AdamW;
import gift.tensor.Gradients;
import gift.tensor.MixedPrecision;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Schedule;
import gift.tensor.Scopes;
import gift.train.LateLosses;
import gift.train.LossValues;
import gift.train.Trainer;
import gift.train.TrainingState;
import gift.train.UpdateLosses;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Trains a model on one task by any {@link Method}: the update of GIFT and all its variants.
 *
 * <p>One update (equation 7), in the order of the published code: <ol>
 *   <li>the losses on the reference pairs (distillation, alignment), backward;
 *   <li>the weight penalty, which may read the Fisher information from these gradients;
 *   <li>the losses on the task's images (cross-entropy), backward, on top;
 *   <li>one step of AdamW;
 *   <li>the average of the weights.
 * </ol>
 */
public final class TaskTrainer implements Trainer, AutoCloseable {
    private static final String GRADIENTS = "gradients"; // part of the state
    private final Clip student;
    private final Method method;
    private final Training training;
    private final List<LossTerm> onPairs;
    private final List<LossTerm> onTask;
    private final boolean distils;      // on reference pairs
    private final Inputs inputs;
    private final Parameters start;
    private final Clip teacherModel;    // null if the method has none; the student where it teaches itself
    private final Teacher teacher;      // null if the method has none
    private final WeightPenalty penalty;
    private final Map<String, WeightPolicy> policies = new LinkedHashMap<>(); // by their names in checkpoints
    private final WeightAverage average;
    private final TaskProbe probe;      // null if the class prompts are the classifier
    private final MixedPrecision mixed;
    private final LateLosses lateLosses;
    private final AdamW optimizer;
    private final Schedule schedule;
    private boolean gradientsKept; // in the next update

    /** For every method but EWC, which needs the Fisher information of earlier tasks. */
    public TaskTrainer(Clip student, Clip initial, Method method, Training training, TaskBatches data, ReferencePairs pairs) {
        this(student, initial, method, training, data, pairs, null, null);
    }

    /**
     * @param student the model of the previous task (or the pretrained one), which is trained in place; it stays the
     *     caller's
     * @param initial the pretrained model, read only by methods whose teacher needs it
     * @param pairs reference images; null for a method that uses none, and for one that keeps exemplars as long as
     *     there are none
     * @param earlier what EWC knows of the earlier tasks, which stays the caller's; null for other methods and in the first
     *     task
     * @param given the teacher of a method whose teacher is one from a file, which stays the caller's; null for others
     */
    public TaskTrainer(Clip student, Clip initial, Method method, Training training, TaskBatches data,
            ReferencePairs pairs, TaskFisher earlier, Clip given) {
        if (method.usesReference() && pairs == null && !method.keepsExemplars()) {
            throw new IllegalArgumentException("the method distils on reference images, but there are none");
        }
        training.requireFits("the method", method);
        Training.Shortcuts shortcuts = training.shortcuts();
        this.student = student.train(method.trains().names());
        this.method = method;
        this.training = training;
        List<LossTerm> terms = LossTerms.of(method, training.labelSmoothing());
        this.onPairs = terms.stream().filter(LossTerm::onPairs).toList();
        this.onTask = terms.stream().filter(term -> !term.onPairs()).toList();
        this.distils = method.usesReference() && pairs != null;
        this.start = student.parameters().copy();
        this.teacherModel = !distils ? null : Teacher.model(student, initial, given, method, training.precision());
        this.teacher = teacherModel == null ? null
                : new Teacher(teacherModel, initialAsItIs(), pairs, shortcuts.cacheTeacher() && teacherModel != student,
                        shortcuts.cutTexts());
        this.inputs = new Inputs(student, method, training, data, distils ? pairs : null, teacher);
        this.mixed = new MixedPrecision(training.compute(), student.parameters());
        this.lateLosses = new LateLosses(student.manager(), mixed.found(), shortcuts.fusedOptimizer());
        this.penalty = new WeightPenalty(method, student.parameters(), start, earlier, shortcuts.closedFormPenalty(), mixed);
        policies.put("fisher", penalty);
        this.average = new WeightAverage(method, student.parameters(), start, initial.parameters());
        policies.put("mean", average);
        for (WeightPolicy.Maker own : method.extra().policies()) {
            policies.put("policy" + policies.size(), own.of(student.parameters(), start));
        }
        AdamW.Settings adamW = new AdamW.Settings(0.9, training.beta2(), 1e-8, training.weightDecay(), shortcuts.fusedOptimizer());
        this.optimizer = new AdamW(student.parameters(), adamW).skippingWhere(lateLosses.skip());
        this.probe = method.probe() == Method.Probe.NONE ? null
                : new TaskProbe(method, student, data.classTokens(0), adamW, lateLosses.skip());
        this.schedule = new Schedule(training.learningRate(), training.warmup(), training.iterations());
    }

    /** Whether the teacher is the pretrained model in every task and run, so that its features can be known from before. */
    private boolean initialAsItIs() {
        return method.teacher().initialShare() == 1 && training.precision() == Precision.FP32;
    }

    /** How many updates the task takes. */
    public int updates() {
        return training.iterations() + 1;
    }

    /**
     * Makes update i.
     *
     * @return the weighted losses by name, and their sum as "loss"; in fp16 an update may be left out, and a penalty of
     *     gradients that are not finite then counts as 0
     * @throws ArithmeticException naming the quantity and the update, if one is not finite; the weights are then
     *     those before the update
     */
    @Override
    public Map<String, Double> update(int i) {
        return make(i, false).read();
    }

    /** The same, on a GPU without waiting for it, unless the weights are averaged after this update. */
    @Override
    public UpdateLosses begin(int i) {
        return make(i, i + 1 < updates() && policies.values().stream().noneMatch(p -> p.changesAfter(i)));
    }

    /** @param late whether the losses may be read by the caller; else they are read and checked here */
    private UpdateLosses make(int i, boolean late) {
        return lateLosses.make(i, late, TaskTrainer::withSum, losses -> make(i, losses));
    }

    /** The weighted losses by name, and their sum as "loss". */
    private static Map<String, Double> withSum(Map<String, Double> losses) {
        Map<String, Double> all = new LinkedHashMap<>(losses);
        all.put("loss", losses.values().stream().mapToDouble(x -> x).reduce(0, Double::sum));
        return all;
    }

    private void make(int i, LossValues losses) {
        if (i >= updates()) {
            throw new IllegalStateException("all " + updates() + " updates of the task are made");
        }
        if (!gradientsKept) {
            student.parameters().zeroGradients();
        }
        if (probe != null) {
            probe.zeroGradients();
        }
        try (Inputs.Update seen = inputs.of(i)) {
            if (distils) {
                reference(seen, losses, !gradientsKept);
            }
            task(i, seen, losses);
        }
        policies.values().forEach(policy -> policy.afterStep(i));
        if (i + 1 == updates()) {
            policies.values().forEach(WeightPolicy::atEnd);
        }
        gradientsKept = penalty.keepsGradients(i + 1);
    }

    /** The mean of the weights so far, which a weight ensemble would end with now; null for other methods. */
    public Parameters mean() {
        return average.mean();
    }

    /** How many updates were left out so far, as gradients of half precision were not finite. */
    int skipped() {
        return mixed.skipped();
    }

    /** The classifier of the task's images, which stays the trainer's; null if it is the class prompts. */
    public LinearProbe classifier() {
        return probe == null ? null : probe.classifier();
    }

    /** The part of an update that is on reference pairs: it leaves gradients, and its arrays are freed. */
    private void reference(Inputs.Update inputs, LossValues values, boolean backward) {
        try (Gradients recording = Gradients.record(mixed)) {
            GradCache features = new GradCache(student, training);
            Map<String, NDArray> losses = referenceLosses(features, inputs);
            if (backward) {
                features.backward(recording, sum(losses));
            }
            values.add(losses);
        }
    }

    /** The part of an update that is on the task's own images, with the penalty and the optimizer's step. */
    private void task(int i, Inputs.Update inputs, LossValues values) {
        Parameters parameters = student.parameters();
        try (Gradients recording = Gradients.record(mixed)) {
            GradCache features = new GradCache(student, training);
            TaskLoss.Seen prompted = see(student, features, inputs.images(), inputs.labels(), inputs.prompts());
            TaskLoss.Seen seen = probe == null ? prompted : probe.see(prompted);
            Map<String, NDArray> own = new LinkedHashMap<>();
            onTask.forEach(term -> own.put(term.name(), term.of(seen)));
            Map<String, NDArray> penalties = penalties(parameters.gradients(), i);
            features.backward(recording, sum(penalties, own));
            values.add(penalties, mixed.found() == null); // in fp16 an update without finite gradients is left out
            values.add(own);
            lateLosses.settle(values);
            List<NDArray> gradients = parameters.gradients();
            mixed.unscale(probe == null ? gradients : Stream.concat(gradients.stream(), probe.gradients().stream()).toList());
            lateLosses.noteInFound();
            policies.values().forEach(policy -> Scopes.withoutGradients(() -> policy.beforeStep(gradients, i)));
            optimizer.step(gradients, schedule.rate(i));
            if (probe != null) {
                probe.step(schedule.rate(i));
            }
            mixed.update();
        }
    }

    private Map<String, NDArray> penalties(List<NDArray> gradients, int i) {
        Map<String, NDArray> values = new LinkedHashMap<>();
        mixed.unscaled(gradients, () -> policies.forEach((name, policy) -> {
            NDArray value = policy.penalty(gradients, i);
            if (value != null) {
                values.put(policy == penalty ? "penalty" : name, value);
            }
        }));
        return values;
    }

    /** What a model sees in a batch of a task: equation 1. */
    static TaskLoss.Seen see(Clip model, GradCache features, NDArray images, NDArray labels, List<TokenRows.OnDevice> prompts) {
        NDArray imageFeatures = features.images(images);                                       // (B, D)
        NDArray textFeatures = features.texts(prompts);                                          // (C, D)
        NDArray logits = Losses.similarity(imageFeatures, textFeatures, model.scale());          // (B, C)
        return new TaskLoss.Seen(images, labels, imageFeatures, textFeatures, logits);
    }

    /** The losses on a batch of reference pairs, weighted, by name: equations 3 and 4 and their variants. */
    private Map<String, NDArray> referenceLosses(GradCache features, Inputs.Update inputs) {
        NDArray images = inputs.pairImages();                                                   // (B, 3, R, R)
        Features taught = teacher == null ? null : inputs.taught(images);
        NDArray seen = method.towers() == Towers.TEXT ? taught.images()
                : features.images(images);                                                     // (B, D)
        NDArray read = method.towers() == Towers.IMAGE ? taught.texts()
                : features.texts(inputs.texts());                                                // (N, D)
        Features own = Features.of(seen, read, student.scale());
        Map<String, NDArray> losses = new LinkedHashMap<>();
        onPairs.forEach(term -> losses.put(term.name(), term.of(own, taught)));
        return losses;
    }

    @SafeVarargs
    private static NDArray sum(Map<String, NDArray>... losses) {
        return Arrays.stream(losses).flatMap(some -> some.values().stream()).reduce(NDArray::add).orElseThrow();
    }

    // ---- checkpoints: everything that the next update depends on and that is not an input of the task

    /** By "parameters.", "adamw.", "fisher.", "mean.", "gradients.", "loss_scale.", "policy2." and the tensor's name. */
    @Override
    public Map<String, NDArray> state() {
        TrainingState state = new TrainingState().put(TrainingState.PARAMETERS, student.parameters().all())
                .put(TrainingState.ADAMW, optimizer.state());
        policies.forEach((name, policy) -> state.put(name, policy.state()));
        state.put(TrainingState.LOSS_SCALE, mixed.state());
        if (gradientsKept) {
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            student.parameters().trained().keySet().forEach(name -> gradients.put(name, student.parameters().gradient(name)));
            state.put(GRADIENTS, gradients);
        }
        if (probe != null) {
            probe.put(state);
        }
        return state.all();
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        gradientsKept = penalty.keepsGradients(next);
        TrainingState parts = new TrainingState(state);
        parts.copy(TrainingState.PARAMETERS, student.parameters().all());
        Scopes.withoutGradients(() -> policies.forEach((name, policy) -> policy.restore(parts.part(name))));
        mixed.restore(parts.part(TrainingState.LOSS_SCALE));
        optimizer.restore(parts.part(TrainingState.ADAMW), next - mixed.skipped());
        if (!student.parameters().trained().isEmpty()) {
            restoreGradients(parts.part(GRADIENTS));
        }
        if (probe != null) {
            probe.restore(parts, next - mixed.skipped());
        }
    }

    /**
     * Makes the gradients exist, zero, as they do after any update: the penalty in closed form is added to them even
     * where distillation does not reach. Where gradients are kept from one update to the next, the saved values are then
     * copied into them.
     */
    private void restoreGradients(Map<String, NDArray> gradients) {
        Map<String, NDArray> trained = student.parameters().trained();
        try (Gradients recording = Gradients.record()) {
            student.parameters().zeroGradients();
            recording.backward(trained.values().stream()
                    .map(p -> NativeOps.scale(p.sum(), 0)).reduce(NDArray::add).orElseThrow());
            if (!gradients.isEmpty()) {
                List<NDArray> saved = trained.keySet().stream().map(gradients::get).toList();
                Scopes.withoutGradients(() -> NativeOps.copy(student.parameters().gradients(), saved));
            }
        }
    }

    @Override
    public void close() {
        inputs.close();
        optimizer.close();
        if (probe != null) {
            probe.close();
        }
        policies.values().forEach(WeightPolicy::close);
        mixed.close();
        lateLosses.close();
        if (teacher != null) {
            teacher.close();
            if (teacherModel != student) {
                teacherModel.close();
            }
        }
        start.close();
    }
}
