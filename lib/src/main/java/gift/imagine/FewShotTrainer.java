package gift.imagine;

import static gift.train.TrainingState.ADAMW;
import static gift.train.TrainingState.LOSS_SCALE;
import static gift.train.TrainingState.PARAMETERS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.nn.LowRank;
import gift.tensor.AdamW;
import gift.tensor.Curve;
import gift.tensor.Gradients;
import gift.tensor.MixedPrecision;
import gift.tensor.NativeOps;
import gift.tensor.PackedNumbers;
import gift.tensor.ParameterGroup;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import gift.train.LateLosses;
import gift.train.LossValues;
import gift.train.Trainer;
import gift.train.TrainingState;
import gift.train.UpdateLosses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Tuning on few real and many synthetic images (Yang et al. 2025, section 3.4), of a {@link FewShotModel} on a frozen tower
 * or on one with low-rank weights.
 *
 * <pre>
 * L = 0.8 (CE visual + w CE text)(real) + 0.2 (CE visual + w CE text)(synthetic)
 * </pre>
 *
 * The log has the four cross-entropies without their weights.
 */
public final class FewShotTrainer implements Trainer, AutoCloseable {
    private static final String LOW_RANK = "low_rank";
    private static final String LOW_RANK_ADAMW = "low_rank_adamw";
    private static final AdamW.Settings OPTIMIZER = AdamW.Settings.DEFAULT;

    /**
     * Some images with their classes.
     *
     * @param values makes the images, (B, 3, R, R), normalized, on the device of a manager, to which they belong; null where the
     *     tower's tokens are known
     * @param labels (B), from 0
     */
    public record Images(Function<NDManager, NDArray> values, int[] labels) {}

    /** The images of an update. */
    public record Batch(Images real, Images synthetic) {}

    /** From images to projected tokens (B, T, D). */
    @FunctionalInterface
    public interface Tower {
        /** @param half of an update: 2 i for the real images of update i, 2 i + 1 for the synthetic ones */
        NDArray tokens(Images images, long half);
    }

    private final FewShotModel model;
    private final Tower tower;
    private final LowRank lowRank; // null where the tower is frozen
    private final TuningSettings settings;
    private final IntFunction<Batch> batches;
    private final NDManager manager;
    private final MixedPrecision mixed;
    private final LateLosses lateLosses;
    private final AdamW optimizer;
    private final AdamW lowRankOptimizer; // null where the tower is frozen
    private final Map<String, Curve> rates = new LinkedHashMap<>();

    /** On a tower without parameters of its own to compute with in lower precision. */
    public FewShotTrainer(FewShotModel model, UnaryOperator<NDArray> tower, LowRank lowRank, TuningSettings settings,
            int items, IntFunction<Batch> batches) {
        this(model, (images, half) -> tower.apply(images.values.apply(model.parameters().manager())),
                model.parameters(), lowRank, settings, items, batches);
    }

    /**
     * @param model is trained; it stays the caller's
     * @param tower the frozen one, or that below the low-rank weights
     * @param computing the tensors whose layers compute as the settings say: those of the tower
     * @param lowRank the low-rank weights of the tower, which are trained too; null for a frozen tower
     * @param items the larger of the numbers of real and of synthetic images, for the length of an epoch
     * @param batches by the number of the update
     */
    public FewShotTrainer(FewShotModel model, Tower tower, Parameters computing, LowRank lowRank,
            TuningSettings settings, int items, IntFunction<Batch> batches) {
        if ((lowRank == null) != (settings.lowRank() == null)) {
            throw new IllegalArgumentException("low-rank weights without settings, or settings without");
        }
        this.model = model;
        this.tower = tower;
        this.lowRank = lowRank;
        this.settings = settings;
        this.batches = batches;
        this.manager = model.parameters().manager();
        model.parameters().train(name -> true);
        List<ParameterGroup> groups = List.of(group(FewShotModel.VISUAL), group(FewShotModel.TEXT));
        mixed = new MixedPrecision(settings.compute(), computing);
        lateLosses = new LateLosses(manager, mixed.found(), true);
        optimizer = new AdamW(model.parameters(), OPTIMIZER, groups).skippingWhere(lateLosses.skip());
        lowRankOptimizer = lowRank == null ? null
                : new AdamW(lowRank.parameters(), OPTIMIZER).skippingWhere(lateLosses.skip());
        rates.put(FewShotModel.VISUAL, settings.falling(settings.visualFactor() * settings.rate(), items));
        rates.put(FewShotModel.TEXT, settings.falling(settings.textFactor() * settings.rate(), items));
        rates.put(ParameterGroup.REST.name(), settings.falling(settings.rate(), items));
        if (lowRank != null) {
            rates.put(LOW_RANK, settings.falling(settings.lowRank().rate(), items));
        }
    }

    private static ParameterGroup group(String head) {
        return ParameterGroup.of(head, name -> name.startsWith(head + "."));
    }

    /** The learning rates at an update: "visual_head", "text_head", "rest" (adapter, temperature) and "low_rank". */
    public Map<String, Double> rates(int update) {
        Map<String, Double> now = new LinkedHashMap<>();
        rates.forEach((name, curve) -> now.put(name, curve.at(update)));
        return now;
    }

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
        return lateLosses.make(i, late, values -> make(i, batch, values));
    }

    private void make(int i, Batch batch, LossValues values) {
        try (Gradients recording = Gradients.record(mixed)) {
            model.parameters().zeroGradients();
            if (lowRank != null) {
                lowRank.parameters().zeroGradients();
            }
            Map<String, NDArray> parts = new LinkedHashMap<>();
            PackedNumbers numbers = new PackedNumbers();
            PackedNumbers.Part realLabels = numbers.add(PackedNumbers.longs(batch.real.labels));
            PackedNumbers.Part syntheticLabels = numbers.add(PackedNumbers.longs(batch.synthetic.labels));
            NDArray labels = numbers.write(manager);
            NDArray real = loss(batch.real, realLabels.of(labels), 2L * i, "real", parts);
            NDArray synthetic = loss(batch.synthetic, syntheticLabels.of(labels), 2L * i + 1, "synthetic", parts);
            NDArray loss = NativeOps.scale(real, settings.realShare())
                    .add(NativeOps.scale(synthetic, 1 - settings.realShare()));
            recording.backward(loss);
            Map<String, NDArray> all = new LinkedHashMap<>();
            all.put("loss", loss);
            all.putAll(parts);
            values.add(all);
            lateLosses.settle(values);
            Map<String, Double> now = rates(i);
            List<NDArray> gradients = model.parameters().gradients();
            List<NDArray> lowRankGradients = lowRank == null ? List.of() : lowRank.parameters().gradients();
            mixed.unscale(Stream.concat(gradients.stream(), lowRankGradients.stream()).toList());
            lateLosses.noteInFound();
            optimizer.step(gradients, now, settings.weightDecay());
            if (lowRank != null) {
                lowRankOptimizer.step(lowRankGradients, now.get(LOW_RANK), settings.weightDecay());
            }
            mixed.update();
        }
    }

    /** CE visual + w CE text; adds both to {@code parts}. */
    private NDArray loss(Images images, NDArray labels, long half, String kind, Map<String, NDArray> parts) {
        NDArray tokens = tokens(images, half);
        NDArray visual = NativeOps.crossEntropy(model.visualLogits(tokens), labels, 0);
        NDArray text = NativeOps.crossEntropy(model.textLogits(tokens), labels, 0);
        parts.put(kind + "_visual", visual);
        parts.put(kind + "_text", text);
        return visual.add(NativeOps.scale(text, settings.textWeight()));
    }

    private NDArray tokens(Images images, long half) {
        if (lowRank == null) {
            return Scopes.notRecording(() -> tower.tokens(images, half));
        }
        lowRank.dropout(half);
        NDArray tokens = tower.tokens(images, half);
        lowRank.noDropout();
        return tokens;
    }

    @Override
    public Map<String, NDArray> state() {
        TrainingState state = new TrainingState().put(PARAMETERS, model.parameters().all()).put(ADAMW, optimizer.state());
        if (lowRank != null) {
            state.put(LOW_RANK, lowRank.parameters().all()).put(LOW_RANK_ADAMW, lowRankOptimizer.state());
        }
        return state.put(LOSS_SCALE, mixed.state()).all();
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        TrainingState parts = new TrainingState(state);
        parts.copy(PARAMETERS, model.parameters().all());
        mixed.restore(parts.part(LOSS_SCALE));
        optimizer.restore(parts.part(ADAMW), next - mixed.skipped());
        if (lowRank != null) {
            parts.copy(LOW_RANK, lowRank.parameters().all());
            lowRankOptimizer.restore(parts.part(LOW_RANK_ADAMW), next - mixed.skipped());
        }
    }

    @Override
    public void close() {
        optimizer.close();
        lateLosses.close();
        mixed.close();
        if (lowRank != null) {
            lowRankOptimizer.close();
        }
    }
}
