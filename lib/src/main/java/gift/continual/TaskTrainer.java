package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import gift.clip.Clip;
import gift.continual.Method.Towers;
import gift.continual.ReferenceLoss.Features;
import gift.tensor.AdamW;
import gift.tensor.Gradients;
import gift.tensor.Images;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Schedule;
import gift.tensor.Scopes;
import gift.train.Prefetch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Trains a model on one task by any {@link Method}: the step of GIFT with all its switches.
 *
 * <p>One update (equation 7), in the order of the published code:
 * <ol>
 *   <li>distillation and alignment on the reference pairs, backward;
 *   <li>the Fisher information is read from these gradients;
 *   <li>cross-entropy on the task's pictures and the weight penalty, backward, on top;
 *   <li>one step of AdamW.
 * </ol>
 */
public final class TaskTrainer implements AutoCloseable {
    private final Clip student;
    private final Method method;
    private final Training training;
    private final Prefetch<TaskBatches.Batch> batches;
    private final TaskBatches data;
    private final ReferencePairs pairs; // null if the method uses none
    private final Prefetch<float[]> referencePictures; // null if the method looks at none
    private final Parameters start;
    private final Clip teacherModel;    // null if the method has none
    private final Teacher teacher;      // null if the method has none
    private final WeightPenalty penalty;
    private final WeightAverage average;
    private final AdamW optimizer;
    private final Schedule schedule;
    private int next;

    /**
     * @param student the model of the previous task (or the pretrained one), which is trained in place; it stays the
     *     caller's
     * @param initial the pretrained model, read only by methods whose teacher needs it
     * @param pairs reference pictures; null for a method that uses none, and for one that keeps exemplars as long as
     *     there are none
     */
    public TaskTrainer(
            Clip student, Clip initial, Method method, Training training, TaskBatches data, ReferencePairs pairs) {
        if (method.usesReference() && pairs == null && !method.keepsExemplars()) {
            throw new IllegalArgumentException("the method distils on reference pictures, but there are none");
        }
        Training.Shortcuts shortcuts = training.shortcuts();
        this.student = student.train(false);
        this.method = method;
        this.training = training;
        this.data = data;
        this.batches = new Prefetch<>(data::batch, training.iterations() + 1);
        this.pairs = method.usesReference() ? pairs : null;
        this.start = student.parameters().copy();
        this.teacherModel = this.pairs == null ? null : teacherModel(student, initial, method, training.precision());
        this.teacher = teacherModel == null ? null
                : new Teacher(teacherModel, initialAsItIs(), pairs, shortcuts.cacheTeacher(), shortcuts.cutTexts());
        boolean looks = this.pairs != null && (method.towers() != Towers.TEXT || teacher.looks());
        this.referencePictures = !looks ? null
                : new Prefetch<>(i -> Teacher.pixels(pairs, pairs.batch(i), i), training.iterations() + 1);
        this.penalty = new WeightPenalty(method, student.parameters(), start, shortcuts.closedFormPenalty());
        this.average = new WeightAverage(method, student.parameters(), start);
        this.optimizer = new AdamW(student.parameters(), new AdamW.Settings(
                0.9, training.beta2(), 1e-8, training.weightDecay(), shortcuts.fusedOptimizer()));
        this.schedule = new Schedule(training.learningRate(), training.warmup(), training.iterations());
    }

    /** Whether the teacher is the pretrained model in every task and run, so that its features can be known from before. */
    private boolean initialAsItIs() {
        return method.teacher().initialShare() == 1 && training.precision() == Precision.FP32;
    }

    private static Clip teacherModel(Clip student, Clip initial, Method method, Precision precision) {
        if (method.teacher() == null) {
            return null;
        }
        double share = method.teacher().initialShare();
        if (share == 0 || share == 1) {
            return (share == 1 ? initial : student).in(precision);
        }
        try (Clip between = student.copy()) {
            between.parameters().lerp(initial.parameters(), share);
            return between.in(precision);
        }
    }

    /** How many updates the task takes. */
    public int updates() {
        return training.iterations() + 1;
    }

    /** The number of the next update. */
    public int next() {
        return next;
    }

    /**
     * Makes the next update.
     *
     * @return the weighted losses by name, and their sum as "loss"
     * @throws ArithmeticException naming the quantity and the update, if one is not finite; the weights are then
     *     those before the update
     */
    public Map<String, Double> update() {
        int i = next;
        if (i >= updates()) {
            throw new IllegalStateException("all " + updates() + " updates of the task are made");
        }
        boolean pilesUp = penalty.pilesUp(i);
        if (!pilesUp) {
            student.parameters().zeroGradients();
        }
        Map<String, Double> values = new LinkedHashMap<>();
        if (pairs != null) {
            values.putAll(reference(i, !pilesUp));
        }
        values.putAll(task(i));
        values.put("loss", values.values().stream().mapToDouble(x -> x).reduce(0, Double::sum));
        average.after(i);
        next++;
        if (next == updates()) {
            average.finish();
        }
        return values;
    }

    /** The part of an update that is on reference pictures; nothing stays of it but gradients. */
    private Map<String, Double> reference(int i, boolean backward) {
        try (Gradients recording = Gradients.record()) {
            GradCache features = new GradCache(student, training);
            Map<String, NDArray> losses = referenceLosses(features, i);
            if (backward) {
                features.backward(recording, sum(losses));
            }
            return read(losses, i);
        }
    }

    /** The part of an update that is on the task's own pictures, with the penalty and the optimizer's step. */
    private Map<String, Double> task(int i) {
        Parameters parameters = student.parameters();
        try (Gradients recording = Gradients.record()) {
            GradCache features = new GradCache(student, training);
            Map<String, NDArray> losses = new LinkedHashMap<>();
            NDArray crossEntropy = crossEntropy(features, i);
            NDArray task = crossEntropy;
            if (penalty.active()) {
                NDArray value = penalty.apply(parameters.gradients(), i);
                losses.put("penalty", value);
                if (!training.shortcuts().closedFormPenalty()) {
                    task = task.add(value);
                }
            }
            features.backward(recording, task);
            losses.put("cross_entropy", crossEntropy);
            Map<String, Double> values = read(losses, i);
            optimizer.step(parameters.gradients(), schedule.rate(i));
            return values;
        }
    }

    /** Equation 2 on the task's own pictures. */
    private NDArray crossEntropy(GradCache features, int i) {
        TaskBatches.Batch batch = batches.get(i);
        int r = student.config().imageResolution();
        NDArray pictures = Images.of(student.manager(), batch.pictures(), r);
        NDArray images = features.images(pictures);                                              // (B, D)
        NDArray texts = features.texts(data.classTokens(i));                                     // (C, D)
        NDArray labels = student.manager().create(batch.labels());
        NDArray logits = Losses.similarity(images, texts, student.scale());                      // (B, C)
        return Losses.crossEntropy(logits, labels, training.labelSmoothing());
    }

    /** The losses on a batch of reference pictures, weighted, by name: equations 3 and 4 and their variants. */
    private Map<String, NDArray> referenceLosses(GradCache features, int i) {
        int[] numbers = pairs.batch(i);
        boolean paired = method.texts() == Method.Texts.PAIRED;
        int[] texts = paired ? Arrays.stream(numbers).map(pairs::text).toArray()
                : IntStream.range(0, pairs.texts().length).toArray();
        NDArray pictures = referencePictures == null ? null
                : Teacher.pictures(student, referencePictures.get(i));                           // (B, 3, R, R)
        Features taught = teacher == null ? null
                : Features.of(teacher.images(numbers, pictures), teacher.texts(texts), teacher.scale());
        NDArray seen = method.towers() == Towers.TEXT ? taught.images()
                : features.images(pictures);                                                     // (B, D)
        NDArray read = method.towers() == Towers.IMAGE ? taught.texts()
                : features.texts(Teacher.rows(pairs, texts));                                    // (N, D)
        Features own = Features.of(seen, read, student.scale());
        return ReferenceLosses.of(method, training.labelSmoothing(), own, taught);
    }

    private static NDArray sum(Map<String, NDArray> losses) {
        return losses.values().stream().reduce(NDArray::add).orElseThrow();
    }

    /** Losses in one transfer from the device. */
    private static Map<String, Double> read(Map<String, NDArray> losses, int update) {
        NDList list = new NDList(losses.values());
        float[] numbers = NDArrays.stack(list).toFloatArray();
        Map<String, Double> values = new LinkedHashMap<>();
        int k = 0;
        for (String name : losses.keySet()) {
            double value = numbers[k++];
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("the loss " + name + " is " + value + " at update " + update
                        + ": a lower learning rate may help");
            }
            values.put(name, value);
        }
        return values;
    }

    // ---- checkpoints: everything that the next update depends on and that is not an input of the task

    /** The state by name: "parameters.", "adamw.", "fisher.", "mean.", "gradients." and the tensor's name. */
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        put(state, "parameters.", student.parameters().all());
        put(state, "adamw.", optimizer.state());
        put(state, "fisher.", penalty.state());
        put(state, "mean.", average.state());
        if (penalty.pilesUp(next)) {
            student.parameters().trained().forEach((name, p) -> state.put("gradients." + name, p.getGradient()));
        }
        return state;
    }

    private static void put(Map<String, NDArray> state, String prefix, Map<String, NDArray> arrays) {
        arrays.forEach((name, array) -> state.put(prefix + name, array));
    }

    /** Goes on from a state taken before update {@code next}: the arrays are copied. */
    public void restore(Map<String, NDArray> state, int next) {
        this.next = next;
        Scopes.withoutGradients(() -> {
            part(state, "parameters.").forEach((name, array) -> NativeOps.copy(student.parameters().get(name), array));
            penalty.restore(part(state, "fisher."));
            average.restore(part(state, "mean."));
        });
        optimizer.restore(part(state, "adamw."), next);
        restoreGradients(part(state, "gradients."));
    }

    /**
     * Makes the gradients exist, zero, as they do after any update: the penalty in closed form is added to them even
     * where distillation does not reach. Where gradients pile up, they then take over the saved values.
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

    private static Map<String, NDArray> part(Map<String, NDArray> state, String prefix) {
        Map<String, NDArray> part = new LinkedHashMap<>();
        state.forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), array);
            }
        });
        return part;
    }

    @Override
    public void close() {
        batches.close();
        if (referencePictures != null) {
            referencePictures.close();
        }
        optimizer.close();
        average.close();
        penalty.close();
        if (teacher != null) {
            teacher.close();
            teacherModel.close();
        }
        start.close();
    }
}
