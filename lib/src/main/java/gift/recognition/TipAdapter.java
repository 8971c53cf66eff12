package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.tensor.HostCopy;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.Map;

/**
 * Tip-Adapter (Zhang et al. 2022): the features of a few labelled images are the keys of a cache, their labels its values,
 * and what the cache says is added to the zero-shot logits. Tip-Adapter-F trains the keys.
 */
public final class TipAdapter implements Classifier {
    /**
     * How the adapter is used and trained.
     *
     * @param alpha weight of the cache before the search
     * @param beta sharpness of the cache before the search
     * @param learningRate of Tip-Adapter-F, half a cosine to 0
     * @param epochs of Tip-Adapter-F
     * @param batchSize images of an update
     * @param epsilon of AdamW
     * @param weightDecay of AdamW
     * @param betas how many values of beta are tried, up to 7
     * @param alphas how many values of alpha are tried, up to 3
     */
    public record Settings(double alpha, double beta, double learningRate, int epochs, int batchSize, double epsilon,
            double weightDecay, int betas, int alphas) {
        /** As published; the search has the published width. */
        public static final Settings PUBLISHED = new Settings(1, 5.5, 1e-3, 20, 256, 1e-4, 0.01, 200, 20);

        public Settings {
            InputException.require(alpha >= 0 && beta > 0, "tip_adapter: alpha " + alpha + " must be 0 or more, and beta " + beta
                    + " above 0");
            InputException.require(epochs > 0 && batchSize > 0 && betas > 0 && alphas > 0 && learningRate > 0 && epsilon > 0
                    && weightDecay >= 0, "tip_adapter: epochs, batch_size, betas, alphas, learning_rate, epsilon or"
                    + " weight_decay is out of range");
        }
    }

    private static final double LARGEST_BETA = 7;
    private static final double LARGEST_ALPHA = 3;
    private static final double SMALLEST = 0.1;

    private final Head zeroShot;
    private final Parameters keys;
    private final NDArray values; // (N, C), one-hot
    private double alpha;
    private double beta;

    /**
     * @param zeroShot gives the logits to which the cache's are added; not closed with this
     * @param shots features of the labelled images
     */
    public TipAdapter(Head zeroShot, FeatureSet shots, int classes, Settings settings, NDManager parent) {
        this.zeroShot = zeroShot;
        this.alpha = settings.alpha;
        this.beta = settings.beta;
        Shape shape = new Shape(shots.size(), shots.width());
        this.keys = Parameters.create(parent, Map.of("keys", shape), (name, s) -> {
            try (NDArray x = parent.create(shots.values(), shape);
                    NDArray unit = Scopes.withoutGradients(() -> NativeOps.normalize(x))) {
                return HostCopy.floats(unit);
            }
        });
        keys.train(name -> true);
        float[] oneHot = new float[shots.size() * classes];
        for (int i = 0; i < shots.size(); i++) {
            oneHot[i * classes + shots.labels()[i]] = 1;
        }
        this.values = Scopes.outside(() -> keys.manager().create(oneHot, new Shape(shots.size(), classes)));
    }

    /**
     * What the cache says: exp(-beta (1 - x K^T)) V.
     *
     * @param x (B, D), of unit length
     * @param keys K (N, D)
     * @param values V (N, C)
     * @return (B, C)
     */
    public static NDArray cache(NDArray x, NDArray keys, NDArray values, double beta) {
        NDArray near = x.matMul(keys.transpose()).sub(x.getManager().ones(new Shape(1)));
        return NativeOps.scale(near, beta).exp().matMul(values);
    }

    /** Zero-shot logits + alpha cache. */
    @Override
    public NDArray logits(NDArray features) {
        NDArray cached = cache(NativeOps.normalize(features), keys.get("keys"), values, beta);
        return zeroShot.logits(features).add(NativeOps.scale(cached, alpha));
    }

    /**
     * Takes the alpha and beta with the highest accuracy on some images, the first of equals, as the published search goes
     * through them: beta = 0.1 + 6.9 i / betas, and for each alpha = 0.1 + 2.9 j / alphas.
     */
    public void search(FeatureSet images, Settings settings) {
        NDManager manager = keys.manager();
        int n = images.size();
        int classes = Math.toIntExact(values.getShape().get(1));
        try (NDArray x = manager.create(images.values(), new Shape(n, images.width()));
                NDArray base = Scopes.withoutGradients(() -> zeroShot.logits(x))) {
            float[] zero = HostCopy.floats(base);
            double best = -1;
            for (int i = 0; i < settings.betas; i++) {
                double b = SMALLEST + i * (LARGEST_BETA - SMALLEST) / settings.betas;
                float[] cached;
                try (NDArray c = Scopes.withoutGradients(() -> cache(NativeOps.normalize(x), keys.get("keys"), values, b))) {
                    cached = HostCopy.floats(c);
                }
                for (int j = 0; j < settings.alphas; j++) {
                    double a = SMALLEST + j * (LARGEST_ALPHA - SMALLEST) / settings.alphas;
                    double accuracy = accuracy(zero, cached, a, images.labels(), classes);
                    if (accuracy > best) {
                        best = accuracy;
                        alpha = a;
                        beta = b;
                    }
                }
            }
        }
    }

    private static double accuracy(float[] zero, float[] cached, double alpha, int[] labels, int classes) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                int k = i * classes;
                best = zero[k + c] + alpha * cached[k + c] > zero[k + best] + alpha * cached[k + best] ? c : best;
            }
            right += best == labels[i] ? 1 : 0;
        }
        return 100.0 * right / labels.length;
    }

    double alpha() {
        return alpha;
    }

    double beta() {
        return beta;
    }

    /** "keys" (N, D). */
    @Override
    public Parameters parameters() {
        return keys;
    }

    @Override
    public void close() {
        values.close();
        keys.close();
    }
}
