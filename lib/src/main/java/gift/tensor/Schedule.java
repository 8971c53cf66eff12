package gift.tensor;

/**
 * Learning rate over the updates of one task: linear warm-up, then half a cosine to zero.
 *
 * <p>rate(i) = peak (i + 1) / warmup for i &lt; warmup, else peak (1 + cos(pi (i - warmup) / (total - warmup))) / 2.
 *
 * @param peak the highest rate
 * @param warmup number of warm-up updates, 0 for none
 * @param total the update at which the rate reaches zero
 */
public record Schedule(double peak, int warmup, int total) implements Curve {
    public double rate(int update) {
        if (update < warmup) {
            return peak * (update + 1) / warmup;
        }
        if (total <= warmup) {
            return peak;
        }
        return 0.5 * peak * (1 + Math.cos(Math.PI * (update - warmup) / (total - warmup)));
    }

    /** The same as {@link #rate}, where any curve may stand. */
    @Override
    public double at(int update) {
        return rate(update);
    }
}
