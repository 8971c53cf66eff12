package gift.continual;

import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.data.ImageCache;
import gift.data.PairDataset;
import gift.eval.FeatureCache;
import gift.image.Preprocess;
import gift.tensor.HostImages;
import gift.train.Epochs;
import gift.train.ShuffledBatches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The pairs of a data set for distillation: evaluation preprocessing, texts tokenized once, shuffled epochs. */
public final class ImagePairs implements ReferencePairs {
    private final PairDataset pairs;
    private final FeatureCache known;
    private final ImageCache images;
    private final long[][] texts;
    private final int[] textOf; // null where the images have no texts of their own
    private final IntFunction<int[]> order;

    private ImagePairs(PairDataset pairs, FeatureCache known, ImageCache images, long[][] texts, int[] textOf,
            IntFunction<int[]> order) {
        this.pairs = pairs;
        this.known = known;
        this.images = images;
        this.texts = texts;
        this.textOf = textOf;
        this.order = order;
    }

    /** Each image with its own text. */
    public static ImagePairs of(PairDataset pairs, Tokenizer tokenizer, BatchSettings settings) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        int[] textOf = new int[pairs.size()];
        for (int i = 0; i < textOf.length; i++) {
            textOf[i] = numbers.computeIfAbsent(pairs.text(i), text -> numbers.size());
        }
        List<String> distinct = new ArrayList<>(numbers.keySet());
        return new ImagePairs(pairs, FeatureCache.NONE, ImageCache.of(pairs,
                        image -> Preprocess.evaluation(image, settings.resolution()), settings.cacheBytes()),
                tokenizer.rows(distinct, settings.contextLength(), false), textOf, new ShuffledBatches(
                        settings.seed(), "reference order", settings.taskNumber(), textOf.length, settings.batchSize())::batch);
    }

    /** The same images, one batch after the other as they come, not shuffled: as the published iCaRL takes its exemplars. */
    public ImagePairs inOrder(int batchSize) {
        int all = pairs.size();
        int perEpoch = new Epochs(all, batchSize).updates();
        return new ImagePairs(pairs, known, images, texts, textOf, iteration -> {
            int from = iteration % perEpoch * batchSize;
            return IntStream.range(from, Math.min(from + batchSize, all)).toArray();
        });
    }

    /** The same images in the same order, to be compared with all of other texts. */
    public ImagePairs against(long[][] texts) {
        return new ImagePairs(pairs, known, images, texts, null, order);
    }

    /** The same; features under frozen models come from a cache. */
    public ImagePairs with(FeatureCache features) {
        return new ImagePairs(pairs, features, images, texts, textOf, order);
    }

    @Override
    public float[] features(Clip frozen, Supplier<float[]> make) {
        return known.of(frozen, pairs, make);
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public boolean fixed() {
        return true;
    }

    @Override
    public float[] image(int i, int iteration) {
        return Preprocess.normalize(images.get(i));
    }

    @Override
    public HostImages images(int[] numbers, int iteration) {
        return HostImages.of(numbers.length, i -> images.get(numbers[i]));
    }

    @Override
    public long[][] texts() {
        return texts;
    }

    @Override
    public int text(int i) {
        if (textOf == null) {
            throw new IllegalStateException("these images have no texts of their own");
        }
        return textOf[i];
    }

    @Override
    public int[] batch(int iteration) {
        return order.apply(iteration);
    }
}
