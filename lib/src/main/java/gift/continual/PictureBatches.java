package gift.continual;

import gift.clip.Tokenizer;
import gift.data.ImageDataset;
import gift.data.PictureCache;
import gift.data.Task;
import gift.image.Preprocess;
import gift.tensor.RandomStream;
import gift.train.ShuffledBatches;
import java.util.Arrays;

/** The training pictures of a task as batches: shuffled, randomly cropped (0.9 to 1 of the area), normalized. */
public final class PictureBatches implements TaskBatches {
    private final ImageDataset data;
    private final PictureCache pictures;
    private final ShuffledBatches order;
    private final long[][] classTokens;
    private final int resolution;
    private final long seed;
    private final int taskNumber;

    /**
     * @param taskNumber the task's place in the sequence, from 0
     * @param resolution R, pixels of a side
     * @param cacheBytes bytes of decoded pictures kept in memory
     */
    public PictureBatches(Task task, Tokenizer tokenizer, int contextLength, int resolution, int batchSize, long seed,
            int taskNumber, long cacheBytes) {
        this.data = task.train();
        this.pictures = PictureCache.of(data, picture -> picture, cacheBytes);
        this.order = new ShuffledBatches(seed, "training order", taskNumber, data.size(), batchSize);
        this.classTokens = tokenizer.rows(task.trainingPrompts(), contextLength, false);
        this.resolution = resolution;
        this.seed = seed;
        this.taskNumber = taskNumber;
    }

    @Override
    public Batch batch(int iteration) {
        int[] items = order.batch(iteration);
        float[] all = Preprocess.pack(items.length, i -> {
            RandomStream random = RandomStream.of(seed, "crop", taskNumber, iteration, i);
            return Preprocess.normalize(Preprocess.randomResizedCrop(pictures.get(items[i]), resolution, random));
        });
        return new Batch(all, Arrays.stream(items).mapToLong(data::label).toArray());
    }

    @Override
    public long[][] classTokens(int iteration) {
        return classTokens;
    }
}
