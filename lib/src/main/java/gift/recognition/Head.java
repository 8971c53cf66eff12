package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.clip.ZeroShotClassifier;
import gift.nn.LinearProbe;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.List;

/**
 * The published classification head: logits = x / |x| W^T + b. Weight (C, D) and bias (C) are both trained; the bias starts
 * at zero.
 */
public final class Head implements Classifier {
    private final LinearProbe probe;

    private Head(LinearProbe probe) {
        this.probe = probe;
    }

    /** A head that starts with a copy of a weight (C, D). */
    public static Head of(NDManager parent, NDArray weight) {
        return new Head(LinearProbe.of(parent, weight));
    }

    /** A head whose weight is zero: a linear probe. */
    public static Head zeros(NDManager parent, int features, int classes) {
        return new Head(LinearProbe.zeros(parent, features, classes));
    }

    /**
     * The zero-shot classifier of a CLIP as a head, scaled by the model's own exp(logit_scale).
     *
     * @param prompts one list for each template, of the classes in the same order
     */
    public static Head zeroShot(Clip model, Tokenizer tokenizer, List<List<String>> prompts) {
        try (NDArray weight = Scopes.withoutGradients(() -> {
            NDList templates = new NDList();
            prompts.forEach(of -> templates.add(ZeroShotClassifier.textFeatures(model, tokenizer, of)));
            return zeroShotWeight(NDArrays.stack(templates, 1), model.scale().getFloat());
        })) {
            return of(model.manager(), weight);
        }
    }

    /**
     * W_c = s unit(mean over templates of unit(t_ck)).
     *
     * @param texts t (C, K, D): class, template, dimension; of any length
     * @param scale s = exp(logit_scale)
     * @return (C, D)
     */
    public static NDArray zeroShotWeight(NDArray texts, double scale) {
        return NativeOps.normalize(NativeOps.normalize(texts).mean(new int[] {1})).mul(scale);
    }

    /** A head of the same values with own arrays. */
    public Head copy() {
        Head copy = of(probe.parameters().manager().getParentManager(), probe.weight());
        copy.parameters().set(parameters());
        return copy;
    }

    @Override
    public NDArray logits(NDArray features) {
        return probe.logits(NativeOps.normalize(features));
    }

    /** "weight" (C, D) and "bias" (C). */
    @Override
    public Parameters parameters() {
        return probe.parameters();
    }

    @Override
    public void close() {
        probe.close();
    }
}
