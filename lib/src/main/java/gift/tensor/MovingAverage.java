package gift.tensor;

/**
 * The exponential moving average (EMA) of a model's weights, a smoother model than the last one (Polyak and Juditsky
 * 1992), or the teacher of a student (Tarvainen and Valpola 2017).
 *
 * <pre>
 * mean  &lt;-  d(i) mean + (1 - d(i)) theta
 * </pre>
 *
 * It begins at the weights as they are, and takes in every tensor, trained or not.
 */
public final class MovingAverage implements AutoCloseable {
    private final Parameters source;
    private final Parameters mean;
    private final Curve decay;

    /**
     * @param source the weights that are averaged, which stay the caller's
     * @param decay d, in [0, 1]: how much of the average an update leaves
     */
    public MovingAverage(Parameters source, Curve decay) {
        this.source = source;
        this.mean = source.copy();
        this.decay = decay;
    }

    /**
     * A decay that forgets the beginning: d(i) = min(most, (1 + i) / (10 + i)), as TensorFlow's
     * {@code ExponentialMovingAverage} has it with {@code num_updates}.
     */
    public record Rising(double most) implements Curve {
        @Override
        public double at(int update) {
            return Math.min(most, (1.0 + update) / (10.0 + update));
        }
    }

    /** Takes in the weights; to be called once after update i. */
    public void update(int i) {
        mean.lerp(source, 1 - decay.at(i));
    }

    /** The average, which changes with every {@link #update}; it is closed with this object. */
    public Parameters weights() {
        return mean;
    }

    @Override
    public void close() {
        mean.close();
    }
}
