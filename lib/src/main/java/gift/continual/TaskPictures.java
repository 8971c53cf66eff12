package gift.continual;

import gift.data.PictureCache;
import gift.data.Task;
import gift.image.Picture;
import gift.image.Preprocess;
import gift.tensor.RandomStream;
import gift.train.ShuffledBatches;

/**
 * The current task's training pictures as reference, as LwF takes them: in a shuffle of their own, randomly cropped as
 * in training, held against given texts.
 */
public final class TaskPictures implements ReferencePairs {
    private final PictureCache pictures;
    private final long[][] texts;
    private final ShuffledBatches order;
    private final int resolution;
    private final long seed;
    private final int taskNumber;

    /**
     * @param texts token rows
     * @param taskNumber the task's place in the sequence, from 0
     * @param resolution R, pixels of a side
     * @param cacheBytes bytes of decoded pictures kept in memory
     */
    public TaskPictures(Task task, long[][] texts, int resolution, int batchSize, long seed, int taskNumber,
            long cacheBytes) {
        this.pictures = PictureCache.of(task.train(), picture -> picture, cacheBytes);
        this.texts = texts;
        this.order = new ShuffledBatches(seed, "reference order", taskNumber, pictures.size(), batchSize);
        this.resolution = resolution;
        this.seed = seed;
        this.taskNumber = taskNumber;
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
        RandomStream random = RandomStream.of(seed, "reference crop", taskNumber, iteration, i);
        Picture crop = Preprocess.randomResizedCrop(pictures.get(i), resolution, random);
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
