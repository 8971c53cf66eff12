package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.HostCopy;
import gift.tensor.Scopes;
import java.util.Arrays;

/** How many images a classifier gives their class. */
public final class Accuracy {
    private static final int BATCH = 1000;

    private Accuracy() {}

    /**
     * Percent of the images.
     *
     * @throws ArithmeticException if a logit is no number
     */
    public static double of(Classifier classifier, FeatureSet images) {
        NDManager manager = classifier.parameters().manager();
        int right = 0;
        for (int from = 0; from < images.size(); from += BATCH) {
            int count = Math.min(BATCH, images.size() - from);
            float[] rows = Arrays.copyOfRange(images.values(), from * images.width(), (from + count) * images.width());
            long[] best;
            try (NDArray x = manager.create(rows, new Shape(count, images.width()));
                    NDArray logits = Scopes.withoutGradients(() -> classifier.logits(x));
                    NDArray sum = logits.sum(); NDArray most = logits.argMax(1)) {
                if (!Float.isFinite(sum.getFloat())) {
                    throw new ArithmeticException("the logits of a classifier are no numbers: a lower learning rate may help");
                }
                best = HostCopy.longs(most);
            }
            for (int i = 0; i < count; i++) {
                right += best[i] == images.labels()[from + i] ? 1 : 0;
            }
        }
        return 100.0 * right / images.size();
    }
}
