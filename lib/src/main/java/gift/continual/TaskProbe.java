package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.clip.Clip;
import gift.continual.Method.Probe;
import gift.nn.LinearProbe;
import gift.tensor.AdamW;
import gift.tensor.NativeOps;
import gift.tensor.Scopes;
import gift.train.TrainingState;
import java.util.List;
import java.util.Map;

/**
 * The linear classifier of one task's images and its optimizer: logits = x W^T + b of unit-length image features x (B, D).
 * It starts with W = exp(logit scale) times the features of the class prompts and b = 0, which gives the logits of the
 * prompts themselves, or with zeros ({@code --fc-init} of ZSCL's code is the choice between the two).
 */
final class TaskProbe implements AutoCloseable {
    private static final String PROBE = "probe"; // parts of the state
    private static final String MOMENTS = "probe_adamw";

    private final LinearProbe probe;
    private final AdamW optimizer;

    /** @param skip as {@link AdamW#skippingWhere} takes it */
    TaskProbe(Method method, Clip start, long[][] classTokens, AdamW.Settings settings, NDArray skip) {
        try (NDArray prompts = Scopes.keep(Scopes.withoutGradients(() -> start.textFeatures(classTokens).mul(start.scale())))) {
            this.probe = method.probe() == Probe.TEXTS ? LinearProbe.of(start.manager(), prompts)
                    : LinearProbe.zeros(start.manager(), start.config().embedDim(), classTokens.length);
        }
        this.optimizer = new AdamW(probe.parameters(), settings).skippingWhere(skip);
    }

    LinearProbe classifier() {
        return probe;
    }

    /** What the task's images are seen as by this classifier. */
    TaskLoss.Seen see(TaskLoss.Seen seen) {
        return new TaskLoss.Seen(seen.images(), seen.labels(), seen.imageFeatures(), seen.textFeatures(),
                probe.logits(seen.imageFeatures()));
    }

    void zeroGradients() {
        probe.parameters().zeroGradients();
    }

    List<NDArray> gradients() {
        return probe.parameters().gradients();
    }

    void step(double rate) {
        optimizer.step(probe.parameters().gradients(), rate);
    }

    void put(TrainingState state) {
        state.put(PROBE, probe.parameters().all()).put(MOMENTS, optimizer.state());
    }

    /** @param made how many updates were made */
    void restore(TrainingState parts, int made) {
        Map<String, NDArray> weights = parts.part(PROBE);
        Scopes.withoutGradients(() -> probe.parameters().all().forEach((name, w) -> NativeOps.copy(w, weights.get(name))));
        optimizer.restore(parts.part(MOMENTS), made);
    }

    @Override
    public void close() {
        optimizer.close();
        probe.close();
    }
}
