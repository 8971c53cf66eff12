package gift.continual;

import gift.clip.Tokenizer;
import gift.data.ImageDataset;
import gift.data.PictureCache;
import gift.data.Task;
import gift.image.Picture;
import gift.image.Preprocess;
import gift.tensor.RandomStream;
import gift.train.ShuffledBatches;

/** The training pictures of a task as batches: shuffled, randomly cropped (0.9 to 1 of the area), normalized. */
public final class PictureBatches implements TaskBatches {
    private final ImageDataset data;
    private final PictureCache pictures;
    private final ShuffledBatches order;
    private final long[][] classTokens;
    private final BatchSettings settings;

    public PictureBatches(Task task, Tokenizer tokenizer, BatchSettings settings) {
        this.data = task.train();
        this.pictures = PictureCache.of(data, picture -> picture, settings.cacheBytes());
        this.order = new ShuffledBatches(
                settings.seed(), "training order", settings.taskNumber(), data.size(), settings.batchSize());
        this.classTokens = tokenizer.rows(task.trainingPrompts(), settings.contextLength(), false);
        this.settings = settings;
    }

    @Override
    public Batch batch(int iteration) {
        int[] items = order.batch(iteration);
        int resolution = settings.resolution();
        int values = 3 * resolution * resolution;
        float[] all = new float[items.length * values];
        long[] labels = new long[items.length];
        for (int i = 0; i < items.length; i++) {
            RandomStream random = RandomStream.of(settings.seed(), "crop", settings.taskNumber(), iteration, i);
            Picture crop = Preprocess.randomResizedCrop(pictures.get(items[i]), resolution, random);
            System.arraycopy(Preprocess.normalize(crop), 0, all, i * values, values);
            labels[i] = data.label(items[i]);
        }
        return new Batch(all, labels);
    }

    @Override
    public long[][] classTokens(int iteration) {
        return classTokens;
    }
}
