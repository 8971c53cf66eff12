package gift.tensor;

/**
 * A number for each update of a training: a learning rate, a weight decay, a temperature, a momentum. {@link Schedule} is
 * the usual one of learning rates.
 *
 * <pre>{@code
 * Curve decay = new Curve.Cosine(0.04, 0.4, updates);
 * Curve rate = new Curve.WarmUp(100, new Curve.Cosine(1e-3, 1e-6, updates - 100));
 * }</pre>
 */
@FunctionalInterface
public interface Curve {
    /** The number at an update, counted from 0. */
    double at(int update);

    /** The same number at every update. */
    record Constant(double value) implements Curve {
        @Override
        public double at(int update) {
            return value;
        }
    }

    /**
     * A straight line, and {@code to} after its end.
     *
     * <p>at(i) = from + (to - from) i / updates for i &lt; updates, else to.
     */
    record Linear(double from, double to, int updates) implements Curve {
        @Override
        public double at(int update) {
            return update < updates ? from + (to - from) * update / updates : to;
        }
    }

    /**
     * Half a cosine, and {@code to} after its end (Loshchilov and Hutter 2017, without restarts).
     *
     * <p>at(i) = to + (from - to) (1 + cos(pi i / updates)) / 2 for i &lt; updates, else to.
     */
    record Cosine(double from, double to, int updates) implements Curve {
        @Override
        public double at(int update) {
            return update < updates ? to + 0.5 * (from - to) * (1 + Math.cos(Math.PI * update / updates)) : to;
        }
    }

    /**
     * Rises in equal steps to the first value of another curve, which then follows from its own beginning.
     *
     * <p>at(i) = then(0) (i + 1) / updates for i &lt; updates, else then(i - updates).
     */
    record WarmUp(int updates, Curve then) implements Curve {
        @Override
        public double at(int update) {
            return update < updates ? then.at(0) * (update + 1) / updates : then.at(update - updates);
        }
    }
}
