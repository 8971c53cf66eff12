package gift.continual;

import gift.clip.Clip;
import gift.image.Preprocess;
import gift.tensor.HostImages;
import java.util.function.Supplier;

/**
 * The images and texts on which a method distils during one task, and the order in which they are drawn.
 *
 * <p>Implementations are called from several threads, ahead of the training, and touch no array of the engine.
 */
public interface ReferencePairs {
    /** The number of images. */
    int size();

    /** Whether an image is the same in every iteration, so that the teacher has to look at it only once. */
    boolean fixed();

    /** Image (3, R, R) number i as it is seen in an iteration, normalized. */
    float[] image(int i, int iteration);

    /** The images of these numbers, at least one, as they are seen in an iteration. */
    default HostImages images(int[] numbers, int iteration) {
        return HostImages.ofValues(Preprocess.pack(numbers.length, i -> image(numbers[i], iteration)), numbers.length);
    }

    /** The distinct texts, as token rows. */
    long[][] texts();

    /** Which text belongs to image i. */
    int text(int i);

    /**
     * The features of all images under a model that never changes, which may be known from before.
     *
     * @param make computes them: (images, D), flat
     */
    default float[] features(Clip frozen, Supplier<float[]> make) {
        return make.get();
    }

    /** The images of an iteration; the same whenever it is asked for. */
    int[] batch(int iteration);
}
