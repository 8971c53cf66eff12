package gift.continual;

import gift.clip.Clip;
import java.util.function.Supplier;

/**
 * The pictures and texts on which a method distils during one task, and the order in which they are drawn.
 *
 * <p>Implementations are called from several threads, ahead of the training, and touch no array of the engine.
 */
public interface ReferencePairs {
    /** The number of pictures. */
    int size();

    /** Whether a picture is the same in every iteration, so that the teacher has to look at it only once. */
    boolean fixed();

    /** Picture (3, R, R) number i as it is seen in an iteration, normalized. */
    float[] picture(int i, int iteration);

    /** The distinct texts, as token rows. */
    long[][] texts();

    /** Which text belongs to picture i. */
    int text(int i);

    /**
     * The features of all pictures under a model that never changes, which may be known from before.
     *
     * @param make computes them: (pictures, D), flat
     */
    default float[] features(Clip frozen, Supplier<float[]> make) {
        return make.get();
    }

    /** The pictures of an iteration; the same whenever it is asked for. */
    int[] batch(int iteration);
}
