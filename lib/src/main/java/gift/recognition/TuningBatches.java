package gift.recognition;

import gift.train.Epochs;
import gift.train.ShuffledBatches;

/** Which images an update takes. */
public interface TuningBatches {
    /** Numbers of the images of the first kind: synthetic ones, or real ones where there are no others. */
    int[] first(int update);

    /** Numbers of the real images beside synthetic ones. */
    int[] second(int update);

    /**
     * Epochs of shuffled images of the first kind. Real images are shuffled anew at the start of every such epoch and
     * whenever they are used up, as published.
     *
     * @param first number of images of the first kind
     * @param second number of real images beside them, 0 for none
     */
    static TuningBatches shuffled(long seed, int first, int size, int second, int realSize) {
        int epoch = new Epochs(first, size).updates();
        int realEpoch = second == 0 ? 1 : new Epochs(second, realSize).updates();
        int passes = (epoch + realEpoch - 1) / realEpoch; // over the real images, within an epoch
        ShuffledBatches synthetic = new ShuffledBatches(seed, "tuning", 0, first, size);
        ShuffledBatches real = new ShuffledBatches(seed, "tuning, real", 0, Math.max(1, second), realSize);
        return new TuningBatches() {
            @Override
            public int[] first(int update) {
                return synthetic.batch(update);
            }

            @Override
            public int[] second(int update) {
                return real.batch(update / epoch * passes * realEpoch + update % epoch);
            }
        };
    }
}
