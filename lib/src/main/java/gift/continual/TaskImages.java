package gift.continual;

import gift.data.ImageCache;
import gift.data.Task;
import gift.image.Image;
import gift.image.Preprocess;
import gift.tensor.HostImages;
import gift.tensor.RandomStream;
import gift.train.ShuffledBatches;

/**
 * The current task's training images as reference, as LwF takes them: in a shuffle of their own, randomly cropped as
 * in training, compared with given texts.
 */
public final class TaskImages implements ReferencePairs {
    private final ImageCache images;
    private final long[][] texts;
    private final ShuffledBatches order;
    private final BatchSettings settings;

    /** @param texts token rows */
    public TaskImages(Task task, long[][] texts, BatchSettings settings) {
        this.images = ImageCache.of(task.train(), image -> image, settings.cacheBytes());
        this.texts = texts;
        this.order = new ShuffledBatches(
                settings.seed(), "reference order", settings.taskNumber(), images.size(), settings.batchSize());
        this.settings = settings;
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public boolean fixed() {
        return false;
    }

    @Override
    public float[] image(int i, int iteration) {
        return Preprocess.normalize(crop(i, iteration));
    }

    @Override
    public HostImages images(int[] numbers, int iteration) {
        return HostImages.of(numbers.length, i -> crop(numbers[i], iteration));
    }

    private Image crop(int i, int iteration) {
        RandomStream random =
                RandomStream.of(settings.seed(), "reference crop", settings.taskNumber(), iteration, i);
        return Preprocess.randomResizedCrop(images.get(i), settings.resolution(), random);
    }

    @Override
    public long[][] texts() {
        return texts;
    }

    @Override
    public int text(int i) {
        throw new IllegalStateException("a task's images have no texts of their own");
    }

    @Override
    public int[] batch(int iteration) {
        return order.batch(iteration);
    }
}
