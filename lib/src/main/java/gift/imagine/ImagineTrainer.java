package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.clip.ImageEncoder;
import gift.tensor.Gradients;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.NativeOps;
import gift.tensor.PackedNumbers;
import gift.tensor.PackedNumbers.Part;
import gift.tensor.ParameterGroup;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.train.LossValues;
import gift.train.Trainer;
import gift.train.UpdateLosses;
import java.util.ArrayList;
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
    private static final String PATCH_LOSS = "patch_loss";
    private static final ParameterGroup NO_DECAY = ParameterGroup.of("biases and normalizations",
            name -> name.endsWith(".bias") || name.contains("norm")).withDecay(0);

    /**
     * What an update sees.
     *
     * @param crops 2 groups: the first crop of every group, then the second of every group
     * @param masks of the crops in this order
     */
    public record Batch(HostImages crops, MaskedPatches masks) {}

    private final ImagineModel student;
    private final ImagineModel teacher;
    private final StudentAndTeacher both;
    private final PretrainingSettings settings;
    private final IntFunction<Batch> batches;
    private final HostBuffers buffers = new HostBuffers();
    private final NDManager manager;
    private final TeacherCenter imageCenter;
    private final TeacherCenter patchCenter;

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
        imageCenter = new TeacherCenter(manager, config.imageHead().prototypes());
        patchCenter = new TeacherCenter(manager, config.patchHead().prototypes());
        both = new StudentAndTeacher(start, settings.curves(), NO_DECAY, name -> name.substring(0, name.indexOf('.')),
                Map.of("images", imageCenter, "patches", patchCenter), config.imageHead().prototypes(), notes);
        student = new ImagineModel(tower, start, config);
        teacher = new ImagineModel(tower, both.teacher(), config);
    }

    /** The teacher's tensors, which are what pretraining is for. */
    public Parameters teacher() {
        return both.teacher();
    }

    public Parameters student() {
        return student.parameters();
    }

    /**
     * The numbers of an update on the device. Those of patches and of masks are null where nothing is masked.
     *
     * @param masked crops with masked patches
     * @param whole the other crops; null if there are none
     * @param maskedThenWhole all crops in this order
     * @param patches all masked patches, as {@link MaskedPatches#indices} numbers them
     * @param amongMasked the same as {@link MaskedPatches#indicesAmongMasked} numbers them
     * @param counts of each of them the masked patches of its crop
     * @param masks (masked crops, P, 1), 1 where a patch is masked, else 0
     * @param branches (2 blocks 2 groups), flat, of the student's adapter that are kept; null for all
     */
    private record Numbers(NDArray masked, NDArray whole, NDArray maskedThenWhole, NDArray patches, NDArray amongMasked,
            NDArray counts, NDArray masks, NDArray branches) {}

    /** All in one transfer; they belong to the scope around the call. */
    private Numbers numbers(MaskedPatches masks, int i) {
        int[] masked = masks.maskedCrops();
        int[] whole = masks.wholeCrops();
        long[] branches = settings.dropPath() == 0 ? new long[0] : student.adapter().keptBranches(masks.crops(),
                settings.dropPath(), RandomStream.of(settings.seed(), "imagine drop path", i));
        PackedNumbers all = new PackedNumbers();
        List<Part> parts = new ArrayList<>();
        for (long[] some : new long[][] {PackedNumbers.longs(masked), PackedNumbers.longs(whole),
                PackedNumbers.longs(IntStream.concat(IntStream.of(masked), IntStream.of(whole)).toArray()), masks.indices(),
                masks.indicesAmongMasked(), masks.counts(), masks.ofMaskedCrops(), branches}) {
            parts.add(some.length == 0 ? null : all.add(some));
        }
        NDArray written = all.write(manager);
        NDArray[] of = parts.stream().map(part -> part == null ? null : part.of(written)).toArray(NDArray[]::new);
        return new Numbers(of[0], of[1], of[2], of[3], of[4], of[5],
                of[6] == null ? null : of[6].reshape(masked.length, masks.patches(), 1), of[7]);
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
        return make(i, false).read();
    }

    @Override
    public UpdateLosses begin(int i) {
        return make(i, true);
    }

    private UpdateLosses make(int i, boolean late) {
        Batch batch = batches.apply(i);
        return both.update(i, late, ImagineTrainer::withPublishedNames, (recording, values) -> {
            NDArray crops = batch.crops.on(manager, buffers);                                   // (2 B, 3, R, R)
            Numbers numbers = Scopes.notRecording(() -> numbers(batch.masks, i));
            Targets targets = Scopes.notRecording(() -> targets(crops, numbers, i));
            losses(recording, values, crops, targets, numbers);
            return targets.images;
        });
    }

    /** "ibot_loss" is half of what is optimized. */
    private static Map<String, Double> withPublishedNames(Map<String, Double> values) {
        Map<String, Double> all = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            all.put(name, value);
            if (name.equals(PATCH_LOSS)) {
                all.put("ibot_loss", value / 2);
            }
        });
        return all;
    }

    private Targets targets(NDArray crops, Numbers numbers, int i) {
        NDArray tokens = teacher.tokens(crops);                                                 // (2 B, T, D)
        NDArray adapted = teacher.adapted(tokens, null);
        NDArray pooled = teacher.pooled(adapted);                                               // (2 B, 4 D)
        long half = tokens.getShape().get(0) / 2;
        NDArray swapped = NDArrays.concat(new NDList(pooled.get(half + ":"), pooled.get(":" + half)), 0);
        NDArray images = probabilities(teacher.imageLogits(swapped), imageCenter, i);
        return new Targets(tokens, images, numbers.patches == null ? null
                : probabilities(teacher.patchLogits(adapted, numbers.patches), patchCenter, i));
    }

    private NDArray probabilities(NDArray logits, TeacherCenter center, int i) {
        return settings.centering() == PretrainingSettings.Centering.CENTER
                ? center.probabilities(logits, both.temperature(i)) : SelfDistillation.sinkhorn(logits, both.temperature(i));
    }

    /** Computes the losses and, by backward, their gradients. */
    private void losses(Gradients recording, LossValues values, NDArray crops, Targets targets, Numbers numbers) {
        NDArray tokens = studentTokens(crops, targets.tokens, numbers);                         // masked crops first
        NDArray paths = numbers.branches == null ? null : student.adapter().paths(numbers.branches, settings.dropPath());
        NDArray adapted = student.adapted(tokens, paths);
        NDArray logits = student.imageLogits(student.pooled(adapted));                          // (2 B, K)
        NDArray matching = rows(targets.images, numbers.maskedThenWhole);
        NDArray images = NativeOps.scale(SelfDistillation.ofImages(List.of(logits), List.of(matching)),
                IMAGE_TERMS * settings.imageWeight());
        NDArray patches = targets.patches == null || settings.patchWeight() == 0 ? null
                : ofPatches(adapted.get(":" + numbers.masked.size()), targets.patches, numbers, crops.getShape().get(0));
        NDArray loss = patches == null ? images : images.add(patches);
        recording.backward(loss);
        Map<String, NDArray> all = new LinkedHashMap<>();
        all.put("loss", loss);
        all.put("dino_global_crops_loss", images);
        all.put(PATCH_LOSS, patches == null ? manager.zeros(new Shape()) : patches);
        values.add(all);
    }

    private NDArray ofPatches(NDArray adapted, NDArray targets, Numbers numbers, long crops) {
        NDArray some = student.patchLogits(adapted, numbers.amongMasked);
        NDArray weights = manager.ones(new Shape(1)).div(numbers.counts.toType(DataType.FLOAT32, false));
        return NativeOps.scale(SelfDistillation.ofPatches(some, targets, weights, crops), settings.patchWeight());
    }

    /** The tokens of the masked crops, computed with their masks, then those of the others, which the teacher has too. */
    private NDArray studentTokens(NDArray crops, NDArray known, Numbers numbers) {
        if (numbers.masked == null) {
            return known;
        }
        NDArray tokens = student.tokens(rows(crops, numbers.masked), numbers.masks.toType(DataType.FLOAT32, false));
        return numbers.whole == null ? tokens : NDArrays.concat(new NDList(tokens, rows(known, numbers.whole)), 0);
    }

    /** Some rows of x (N, ...), without graph. */
    private static NDArray rows(NDArray x, NDArray numbers) {
        return Scopes.notRecording(() -> {
            long[] dimensions = x.getShape().getShape().clone();
            NDArray flat = x.reshape(dimensions[0], -1);
            dimensions[0] = numbers.size();
            return NativeOps.rows(flat, numbers).reshape(new Shape(dimensions));
        });
    }

    @Override
    public Map<String, NDArray> state() {
        return both.state();
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        both.restore(state, next);
    }

    @Override
    public void close() {
        both.close();
    }
}
