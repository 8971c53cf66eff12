package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import gift.io.InputException;
import gift.tensor.HostCopy;
import gift.tensor.NativeOps;
import gift.tensor.Scopes;
import java.util.Arrays;
import java.util.List;

/**
 * Classification by text alone: a class is the mean of the features of its prompts.
 *
 * <p>The normalized text features of every template are averaged and normalized again (Radford et al. 2021, section
 * 3.1.4); the logits are 100 times the cosine to the image's feature.
 */
public final class ZeroShotClassifier implements AutoCloseable {
    private static final float SCALE = 100;
    private static final int BATCH = 256; // prompts encoded at a time

    private final Clip model;
    private final NDArray weights; // (D, C)

    private ZeroShotClassifier(Clip model, NDArray weights) {
        this.model = model;
        this.weights = weights;
    }

    /**
     * @param prompts one list for each template, of the classes in the same order
     * @throws InputException if there are no classes or no templates
     */
    public static ZeroShotClassifier of(Clip model, Tokenizer tokenizer, List<List<String>> prompts) {
        if (prompts.isEmpty() || prompts.get(0).isEmpty()) {
            throw new InputException("a classifier needs at least one class and one template");
        }
        NDArray weights = Scopes.withoutGradients(() -> {
            NDArray sum = null;
            for (List<String> ofTemplate : prompts) {
                NDArray features = textFeatures(model, tokenizer, ofTemplate);            // (C, D)
                sum = sum == null ? features : sum.add(features);
            }
            return NativeOps.normalize(sum).transpose();
        });
        return new ZeroShotClassifier(model, Scopes.keep(weights));
    }

    /** Prompts to features of unit length (prompts, D), some at a time; the caller owns them, or the scope around. */
    public static NDArray textFeatures(Clip model, Tokenizer tokenizer, List<String> prompts) {
        int context = model.config().contextLength();
        NDList parts = new NDList();
        for (int from = 0; from < prompts.size(); from += BATCH) {
            List<String> some = prompts.subList(from, Math.min(prompts.size(), from + BATCH));
            parts.add(Scopes.withoutGradients(() -> model.textFeatures(tokenizer.rows(some, context, false))));
        }
        return NDArrays.concat(parts, 0);
    }

    /** Logits (B, C) of normalized images (B, 3, R, R), without graph; they belong to the scope around the call. */
    public NDArray logits(NDArray images) {
        return Scopes.withoutGradients(() -> ofFeatures(model.imageFeatures(images)));
    }

    private NDArray ofFeatures(NDArray features) {
        return NativeOps.scale(features.matMul(weights), SCALE);
    }

    /**
     * The most likely class of each of the images (B, 3, R, R).
     *
     * @throws ArithmeticException if a logit is no number
     */
    public int[] predict(NDArray images) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return best(logits(images));
        }
    }

    /** As {@link #predict}, of images whose unit-length features (B, D) are known. */
    public int[] predictFeatures(NDArray features) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return best(Scopes.withoutGradients(() -> ofFeatures(features)));
        }
    }

    /** The same among the first {@code classes} classes alone. */
    public int[] predictFeatures(NDArray features, int classes) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return best(Scopes.withoutGradients(() -> ofFeatures(features).get(":, :" + classes)));
        }
    }

    private static int[] best(NDArray logits) {
        if (!Float.isFinite(logits.sum().getFloat())) {
            throw new ArithmeticException("the logits of test images are no numbers: some weight is none, or values"
                    + " pass 65,504 in fp16 (bf16 and fp32 hold them)");
        }
        return Arrays.stream(HostCopy.longs(logits.argMax(1))).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        weights.close();
    }
}
