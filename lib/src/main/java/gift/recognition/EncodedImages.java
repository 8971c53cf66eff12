package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.clip.ImageEncoder;
import gift.data.ImageDataset;
import gift.image.Preprocess;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.Arrays;

/** Images that are encoded anew at every update, for an encoder that is trained with its head (end-to-end tuning). */
public final class EncodedImages implements TrainingImages {
    private final ImageDataset images;
    private final ImageEncoder encoder;
    private final ImageEncoder initial;
    private final NDManager manager;
    private final HostBuffers buffers = new HostBuffers();

    /**
     * @param encoder that is trained, or not
     * @param initial the same as it was before, for the teacher
     * @param manager on whose device both compute
     */
    public EncodedImages(ImageDataset images, ImageEncoder encoder, ImageEncoder initial, NDManager manager) {
        this.images = images;
        this.encoder = encoder;
        this.initial = initial;
        this.manager = manager;
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
        return encoder.encode(pixels(numbers));
    }

    @Override
    public NDArray initialFeatures(int[] numbers, int update) {
        return Scopes.withoutGradients(() -> initial.encode(pixels(numbers)));
    }

    /** All that the evaluation sees of an image. */
    private NDArray pixels(int[] numbers) {
        return HostImages.of(numbers.length, i -> Preprocess.evaluation(images.image(numbers[i]), encoder.resolution()))
                .on(manager, buffers);
    }
}
