package gift.imagine;

import static gift.train.TrainingState.ADAMW;
import static gift.train.TrainingState.MEAN;
import static gift.train.TrainingState.PARAMETERS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.ImageEncoder;
import gift.tensor.AdamW;
import gift.tensor.Curve;
import gift.tensor.GradientClipping;
import gift.tensor.Gradients;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.MovingAverage;
import gift.tensor.NativeOps;
import gift.tensor.ParameterGroup;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import gift.train.Trainer;
import gift.train.TrainingLoop;
import gift.train.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The pretraining of ImagineFSL (Yang et al. 2025, section 3.3): a student sees two crops of a group of images, some of their
 * patches masked; it is to agree with its teacher, the moving average of itself, which sees them whole.
 *
 * <pre>
 * L = 2/3 CE(image probabilities of the teacher for the other crop, of the student)
 *       + CE(patch probabilities of the teacher, of the student for masked patches)
 * </pre>
 *
 * The tower is frozen and has no dropout, so that crops without a mask pass it once, for both. The log has, under their
 * published names, {@code dino_global_crops_loss} and {@code ibot_loss}, which is half of what is optimized, {@code
 * patch_loss}; the norms of gradients before clipping; and the entropy of the teacher's mean output ({@link Collapse}).
 */
public final class ImagineTrainer implements Trainer, AutoCloseable {
    /** A published loss of images is the sum of two terms, divided by three. */
    private static final double IMAGE_TERMS = 2.0 / 3;
    private static final String PROTOTYPES = "prototypes";
    private static final String NO_DECAY = "biases and normalizations";
    private static final String CENTERS = "center";

    /**
     * What an update sees.
     *
     * @param crops 2 groups: the first crop of every group, then the second of every group
     * @param masks of the crops in this order
     */
    public record Batch(HostImages crops, MaskedPatches masks) {}

    private final ImagineModel student;
    private final ImagineModel teacher;
    private final MovingAverage mean;
    private final AdamW optimizer;
    private final PretrainingSettings settings;
    private final IntFunction<Batch> batches;
    private final HostBuffers buffers = new HostBuffers();
    private final NDManager manager;
    private final TeacherCenter imageCenter;
    private final TeacherCenter patchCenter;
    private final Collapse collapse;
    private final Curve rate;
    private final Curve prototypeRate;
    private final Curve decay;
    private final Curve temperature;

    /**
     * @param tower frozen; it stays the caller's
     * @param start the student's tensors, which are trained, and a copy of which the teacher starts with
     * @param batches by the number of the update
     * @param notes is given a line when the teacher has collapsed
     */
    public ImagineTrainer(ImageEncoder tower, Parameters start, ImagineConfig config, PretrainingSettings settings,
            IntFunction<Batch> batches, Consumer<String> notes) {
        this.settings = settings;
        this.batches = batches;
        this.manager = start.manager();
        start.train(name -> settings.patchWeight() > 0
                || !name.equals(ImagineConfig.MASK_TOKEN) && !name.startsWith(ImagineConfig.PATCH_HEAD));
        student = new ImagineModel(tower, start, config);
        mean = new MovingAverage(start, settings.teacherMomentum());
        teacher = new ImagineModel(tower, mean.weights(), config);
        optimizer = new AdamW(start, AdamW.Settings.DEFAULT, List.of(
                ParameterGroup.of(PROTOTYPES, name -> name.endsWith(PrototypeHead.DIRECTIONS)),
                ParameterGroup.of(NO_DECAY, name -> name.endsWith(".bias") || name.contains("norm")).withDecay(0)));
        imageCenter = new TeacherCenter(manager, config.imageHead().prototypes());
        patchCenter = new TeacherCenter(manager, config.patchHead().prototypes());
        collapse = new Collapse(manager, config.imageHead().prototypes(), notes);
        rate = settings.rate();
        prototypeRate = settings.prototypeRate();
        decay = settings.decay();
        temperature = settings.teacherTemperature();
    }

    /** The teacher's tensors, which are what pretraining is for. */
    public Parameters teacher() {
        return mean.weights();
    }

    public Parameters student() {
        return student.parameters();
    }

    /**
     * What the teacher says.
     *
     * @param tokens (2 groups, T, D) of the whole crops, as the frozen tower gives them
     * @param images probabilities (2 groups, K), of each crop those of the group's other crop
     * @param patches probabilities (masked patches, K), or null
     */
    private record Targets(NDArray tokens, NDArray images, NDArray patches) {}

    @Override
    public Map<String, Double> update(int i) {
        Batch batch = batches.apply(i);
        try (Gradients recording = Gradients.record()) {
            student.parameters().zeroGradients();
            NDArray crops = batch.crops.on(manager, buffers);                                   // (2 B, 3, R, R)
            Targets targets = Scopes.notRecording(() -> targets(crops, batch.masks, i));
            Map<String, Double> losses = losses(recording, crops, targets, batch.masks, i);
            losses.put("teacher_entropy", Scopes.notRecording(() -> collapse.see(targets.images, i)));
            GradientClipping.clip(student.parameters(), settings.clipNorm(), name -> name.substring(0, name.indexOf('.')))
                    .forEach((part, norm) -> losses.put("norm_" + part, norm));
            TrainingLoop.finite(losses, i);
            optimizer.step(student.parameters().gradients(), Map.of(PROTOTYPES, prototypeRate.at(i), NO_DECAY, rate.at(i),
                    ParameterGroup.REST.name(), rate.at(i)), decay.at(i));
            mean.update(i);
            return losses;
        }
    }

    private Targets targets(NDArray crops, MaskedPatches masks, int i) {
        NDArray tokens = teacher.tokens(crops);                                                 // (2 B, T, D)
        NDArray adapted = teacher.adapted(tokens, null);
        NDArray pooled = teacher.pooled(adapted);                                               // (2 B, 4 D)
        long half = masks.crops() / 2;
        NDArray swapped = NDArrays.concat(new NDList(pooled.get(half + ":"), pooled.get(":" + half)), 0);
        NDArray images = probabilities(teacher.imageLogits(swapped), imageCenter, i);
        long[] indices = masks.indices();
        return new Targets(tokens, images, indices.length == 0 ? null
                : probabilities(teacher.patchLogits(adapted, manager.create(indices)), patchCenter, i));
    }

    private NDArray probabilities(NDArray logits, TeacherCenter center, int i) {
        return settings.centering() == PretrainingSettings.Centering.CENTER
                ? center.probabilities(logits, temperature.at(i)) : SelfDistillation.sinkhorn(logits, temperature.at(i));
    }

    /** Computes the losses and, by backward, their gradients. */
    private Map<String, Double> losses(
            Gradients recording, NDArray crops, Targets targets, MaskedPatches masks, int i) {
        int[] masked = masks.maskedCrops();
        int[] whole = masks.wholeCrops();
        NDArray tokens = studentTokens(crops, targets.tokens, masks, masked, whole);            // masked crops first
        NDArray paths = student.adapter().paths(manager, masks.crops(), settings.dropPath(),
                RandomStream.of(settings.seed(), "imagine drop path", i));
        NDArray adapted = student.adapted(tokens, paths);
        NDArray logits = student.imageLogits(student.pooled(adapted));                          // (2 B, K)
        NDArray matching = rows(targets.images, concat(masked, whole));
        NDArray images = NativeOps.scale(SelfDistillation.ofImages(List.of(logits), List.of(matching)),
                IMAGE_TERMS * settings.imageWeight());
        NDArray patches = null;
        if (targets.patches != null && settings.patchWeight() > 0) {
            NDArray some = student.patchLogits(
                    adapted.get(":" + masked.length), manager.create(masks.indicesAmongMasked()));
            patches = NativeOps.scale(SelfDistillation.ofPatches(some, targets.patches, manager.create(masks.weights()),
                    masks.crops()), settings.patchWeight());
        }
        NDArray loss = patches == null ? images : images.add(patches);
        recording.backward(loss);
        Map<String, NDArray> values = new LinkedHashMap<>();
        values.put("loss", loss);
        values.put("dino_global_crops_loss", images);
        if (patches != null) {
            values.put("patch_loss", patches);
        }
        Map<String, Double> losses = Transfers.read(values);
        losses.putIfAbsent("patch_loss", 0.0);
        losses.put("ibot_loss", losses.get("patch_loss") / 2);
        return losses;
    }

    /** The tokens of the masked crops, computed with their masks, then those of the others, which the teacher has too. */
    private NDArray studentTokens(NDArray crops, NDArray known, MaskedPatches masks, int[] masked, int[] whole) {
        if (masked.length == 0) {
            return known;
        }
        NDArray mask = manager.create(masks.ofMaskedCrops(), new Shape(masked.length, masks.patches(), 1));
        NDArray tokens = student.tokens(rows(crops, masked), mask);
        return whole.length == 0 ? tokens : NDArrays.concat(new NDList(tokens, rows(known, whole)), 0);
    }

    /** Some rows of x (N, ...), without graph. */
    private NDArray rows(NDArray x, int[] numbers) {
        return Scopes.notRecording(() -> {
            long[] dimensions = x.getShape().getShape().clone();
            NDArray flat = x.reshape(dimensions[0], -1);
            dimensions[0] = numbers.length;
            NDArray indices = manager.create(IntStream.of(numbers).asLongStream().toArray());
            return NativeOps.rows(flat, indices).reshape(new Shape(dimensions));
        });
    }

    private static int[] concat(int[] a, int[] b) {
        return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
    }

    @Override
    public Map<String, NDArray> state() {
        return new TrainingState().put(PARAMETERS, student.parameters().all()).put(MEAN, mean.weights().all())
                .put(ADAMW, optimizer.state()).put(CENTERS, centers()).all();
    }

    private Map<String, NDArray> centers() {
        return Map.of("images", imageCenter.values(), "patches", patchCenter.values(), "outputs", collapse.values());
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        TrainingState parts = new TrainingState(state);
        parts.copy(PARAMETERS, student.parameters().all());
        parts.copy(MEAN, mean.weights().all());
        parts.copy(CENTERS, centers());
        optimizer.restore(parts.part(ADAMW), next);
    }

    @Override
    public void close() {
        optimizer.close();
        mean.close();
        centers().values().forEach(NDArray::close);
    }
}
