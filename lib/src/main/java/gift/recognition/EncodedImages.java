package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.clip.ImageEncoder;
import gift.data.ImageDataset;
import gift.image.Image;
import gift.image.Preprocess;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.Arrays;

/** Images that are encoded anew at every update, for an encoder that is trained with its head (end-to-end tuning). */
public final class EncodedImages implements TrainingImages {
    /** What the encoder sees of an image: {@link Preprocess#evaluation}, or a random crop of one's own. */
    @FunctionalInterface
    public interface View {
        Image of(Image image, int number, int update);
    }

    private final ImageDataset images;
    private final ImageEncoder encoder;
    private final ImageEncoder initial;
    private final NDManager manager;
    private final View view;
    private final HostBuffers buffers = new HostBuffers();

    /**
     * @param encoder that is trained, or not
     * @param initial the same as it was before, for the teacher
     * @param manager on whose device both compute
     * @param view makes images of R x R pixels
     */
    public EncodedImages(ImageDataset images, ImageEncoder encoder, ImageEncoder initial, NDManager manager, View view) {
        this.images = images;
        this.encoder = encoder;
        this.initial = initial;
        this.manager = manager;
        this.view = view;
    }

    /** The same with all that the evaluation sees of an image. */
    public EncodedImages(ImageDataset images, ImageEncoder encoder, ImageEncoder initial, NDManager manager) {
        this(images, encoder, initial, manager, (image, number, update) -> Preprocess.evaluation(image, encoder.resolution()));
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public NDArray labels(int[] numbers) {
        return Transfers.write(manager, Arrays.stream(numbers).mapToLong(images::label).toArray());
    }

    @Override
    public NDArray features(int[] numbers, int update) {
        return encoder.encode(pixels(numbers, update));
    }

    @Override
    public NDArray initialFeatures(int[] numbers, int update) {
        return Scopes.withoutGradients(() -> initial.encode(pixels(numbers, update)));
    }

    private NDArray pixels(int[] numbers, int update) {
        return HostImages.of(numbers.length, i -> view.of(images.image(numbers[i]), numbers[i], update)).on(manager, buffers);
    }
}
