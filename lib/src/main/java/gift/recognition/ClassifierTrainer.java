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
import gift.tensor.Transfers;
import gift.train.Trainer;
import gift.train.TrainingLoop;
import gift.train.TrainingState;
import java.util.LinkedHashMap;
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
        Map<String, Double> values = new LinkedHashMap<>();
        try (Gradients recording = Gradients.record()) {
            models.forEach(Parameters::zeroGradients);
            Map<String, NDArray> losses = objective.losses(i);
            recording.backward(losses.get("loss"));
            values.putAll(Transfers.read(losses));
            values.put("gradient_norm", GradientClipping.clip(models, clipNorm));
            TrainingLoop.finite(values, i);
            for (int m = 0; m < models.size(); m++) {
                optimizers.get(m).step(models.get(m).gradients(), rates.at(i));
            }
        }
        best.after(i);
        return values;
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
        best.close();
    }
}
