package gift.recognition;

import static gift.train.TrainingState.ADAMW;
import static gift.train.TrainingState.PARAMETERS;

import ai.djl.ndarray.NDArray;
import gift.tensor.AdamW;
import gift.tensor.Curve;
import gift.tensor.GradientClipping;
import gift.tensor.Gradients;
import gift.tensor.Optimizer;
import gift.tensor.Parameters;
import gift.train.LateLosses;
import gift.train.LossValues;
import gift.train.Trainer;
import gift.train.TrainingState;
import gift.train.UpdateLosses;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Trains a classifier, alone or with the encoder below it: every update sets the learning rate, computes gradients, clips
 * their common norm and steps.
 */
public final class ClassifierTrainer implements Trainer, AutoCloseable {
    private static final String BEST = "best";

    private final List<Parameters> models;
    private final List<Optimizer> optimizers;
    private final Objective objective;
    private final Curve rates;
    private final double clipNorm;
    private final BestEpoch best;
    private final LateLosses lateLosses;

    /**
     * @param models whose trained tensors are optimized together
     * @param optimizer makes the optimizer of each
     * @param rates learning rate of every update
     * @param clipNorm largest norm of all gradients together; infinity for none
     * @param best keeps the epoch that counts; the trainer closes it
     */
    ClassifierTrainer(List<Parameters> models, Function<Parameters, Optimizer> optimizer, Objective objective, Curve rates,
            double clipNorm, BestEpoch best) {
        this.models = models;
        this.optimizers = models.stream().map(optimizer).toList();
        this.objective = objective;
        this.rates = rates;
        this.clipNorm = clipNorm;
        this.best = best;
        this.lateLosses = new LateLosses(
                models.get(0).manager(), null, optimizers.stream().allMatch(Optimizer::canSkip));
        optimizers.forEach(one -> one.skippingWhere(lateLosses.skip()));
    }

    /** The same where the last update counts. */
    public ClassifierTrainer(List<Parameters> models, Function<Parameters, Optimizer> optimizer, Objective objective, Curve rates,
            double clipNorm) {
        this(models, optimizer, objective, rates, clipNorm, BestEpoch.last(models));
    }

    /** AdamW with a weight decay on all tensors and PyTorch's other defaults, as published. */
    static Function<Parameters, Optimizer> adamW(double weightDecay) {
        return model -> new AdamW(model, new AdamW.Settings(0.9, 0.999, 1e-8, weightDecay, true));
    }

    @Override
    public Map<String, Double> update(int i) {
        return make(i, false).read();
    }

    /** The same, on a GPU without waiting for it, unless an epoch ends whose accuracy is looked at. */
    @Override
    public UpdateLosses begin(int i) {
        return make(i, !best.looksAfter(i));
    }

    private UpdateLosses make(int i, boolean late) {
        UpdateLosses losses = lateLosses.make(i, late, values -> make(i, values));
        best.after(i);
        return losses;
    }

    private void make(int i, LossValues values) {
        try (Gradients recording = Gradients.record()) {
            models.forEach(Parameters::zeroGradients);
            Map<String, NDArray> losses = objective.losses(i);
            recording.backward(losses.get("loss"));
            values.add(losses);
            values.add("gradient_norm", GradientClipping.onDevice(models, clipNorm));
            lateLosses.settle(values);
            for (int m = 0; m < models.size(); m++) {
                optimizers.get(m).step(models.get(m).gradients(), rates.at(i));
            }
        }
    }

    /** Gives the models the weights of the epoch that counts. */
    void takeBest() {
        best.take();
    }

    /** The epoch that counts, from 1; 0 for the last. */
    int bestEpoch() {
        return best.epoch();
    }

    @Override
    public Map<String, NDArray> state() {
        TrainingState state = new TrainingState();
        for (int m = 0; m < models.size(); m++) {
            state.put(PARAMETERS + m, models.get(m).all()).put(ADAMW + m, optimizers.get(m).state());
        }
        return state.put(BEST, best.state()).all();
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        TrainingState parts = new TrainingState(state);
        for (int m = 0; m < models.size(); m++) {
            parts.copy(PARAMETERS + m, models.get(m).all());
            optimizers.get(m).restore(parts.part(ADAMW + m), next);
        }
        parts.copy(BEST, best.state());
    }

    @Override
    public void close() {
        optimizers.forEach(Optimizer::close);
        lateLosses.close();
        best.close();
    }
}
