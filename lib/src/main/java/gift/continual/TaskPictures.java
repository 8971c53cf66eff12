package gift.continual;

import gift.data.PictureCache;
import gift.data.Task;
import gift.image.Picture;
import gift.image.Preprocess;
import gift.tensor.RandomStream;
import gift.train.ShuffledBatches;

/**
 * The current task's training pictures as reference, as LwF takes them: in a shuffle of their own, randomly cropped as
 * in training, compared with given texts.
 */
public final class TaskPictures implements ReferencePairs {
    private final PictureCache pictures;
    private final long[][] texts;
    private final ShuffledBatches order;
    private final BatchSettings settings;

    /** @param texts token rows */
    public TaskPictures(Task task, long[][] texts, BatchSettings settings) {
        this.pictures = PictureCache.of(task.train(), picture -> picture, settings.cacheBytes());
        this.texts = texts;
        this.order = new ShuffledBatches(
                settings.seed(), "reference order", settings.taskNumber(), pictures.size(), settings.batchSize());
        this.settings = settings;
    }

    @Override
    public int size() {
        return pictures.size();
    }

    @Override
    public boolean fixed() {
        return false;
    }

    @Override
    public float[] picture(int i, int iteration) {
        RandomStream random =
                RandomStream.of(settings.seed(), "reference crop", settings.taskNumber(), iteration, i);
        Picture crop = Preprocess.randomResizedCrop(pictures.get(i), settings.resolution(), random);
        return Preprocess.normalize(crop);
    }

    @Override
    public long[][] texts() {
        return texts;
    }

    @Override
    public int text(int i) {
        throw new IllegalStateException("a task's pictures have no texts of their own");
    }

    @Override
    public int[] batch(int iteration) {
        return order.batch(iteration);
    }
}
