package gift.continual;

import gift.clip.Tokenizer;
import gift.data.ImageCache;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.image.Preprocess;
import gift.tensor.HostImages;
import gift.tensor.RandomStream;
import gift.train.ShuffledBatches;
import java.util.Arrays;

/** The training images of a task as batches: shuffled, randomly cropped (0.9 to 1 of the area). */
public final class ImageBatches implements TaskBatches {
    private final ImageDataset data;
    private final ImageCache images;
    private final ShuffledBatches order;
    private final long[][] classTokens;
    private final BatchSettings settings;

    public ImageBatches(Task task, Tokenizer tokenizer, BatchSettings settings) {
        this.data = task.train();
        this.images = ImageCache.of(data, image -> image, settings.cacheBytes());
        this.order = new ShuffledBatches(
                settings.seed(), "training order", settings.taskNumber(), data.size(), settings.batchSize());
        this.classTokens = tokenizer.rows(task.trainingPrompts(), settings.contextLength(), false);
        this.settings = settings;
    }

    @Override
    public Batch batch(int iteration) {
        int[] items = order.batch(iteration);
        HostImages crops = HostImages.of(items.length, i -> {
            RandomStream random = RandomStream.of(settings.seed(), "crop", settings.taskNumber(), iteration, i);
            return Preprocess.randomResizedCrop(images.get(items[i]), settings.resolution(), random);
        });
        return new Batch(crops, Arrays.stream(items).mapToLong(data::label).toArray());
    }

    @Override
    public long[][] classTokens(int iteration) {
        return classTokens;
    }
}
