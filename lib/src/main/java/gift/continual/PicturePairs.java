package gift.continual;

import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.data.PairDataset;
import gift.data.PictureCache;
import gift.eval.FeatureCache;
import gift.image.Preprocess;
import gift.train.ShuffledBatches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The pairs of a data set for distillation: evaluation preprocessing, texts tokenized once, shuffled epochs. */
public final class PicturePairs implements ReferencePairs {
    private final PairDataset pairs;
    private final FeatureCache known;
    private final PictureCache pictures;
    private final long[][] texts;
    private final int[] textOf; // null where the pictures have no texts of their own
    private final ShuffledBatches order;

    private PicturePairs(PairDataset pairs, FeatureCache known, PictureCache pictures, long[][] texts, int[] textOf,
            ShuffledBatches order) {
        this.pairs = pairs;
        this.known = known;
        this.pictures = pictures;
        this.texts = texts;
        this.textOf = textOf;
        this.order = order;
    }

    /** Each picture with its own text. */
    public static PicturePairs of(PairDataset pairs, Tokenizer tokenizer, BatchSettings settings) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        int[] textOf = new int[pairs.size()];
        for (int i = 0; i < textOf.length; i++) {
            textOf[i] = numbers.computeIfAbsent(pairs.text(i), text -> numbers.size());
        }
        List<String> distinct = new ArrayList<>(numbers.keySet());
        return new PicturePairs(pairs, FeatureCache.NONE, PictureCache.of(pairs,
                        picture -> Preprocess.evaluation(picture, settings.resolution()), settings.cacheBytes()),
                tokenizer.rows(distinct, settings.contextLength(), false), textOf, new ShuffledBatches(
                        settings.seed(), "reference order", settings.taskNumber(), textOf.length, settings.batchSize()));
    }

    /** The same pictures in the same order, to be compared with all of other texts. */
    public PicturePairs against(long[][] texts) {
        return new PicturePairs(pairs, known, pictures, texts, null, order);
    }

    /** The same; features under frozen models come from a cache. */
    public PicturePairs with(FeatureCache features) {
        return new PicturePairs(pairs, features, pictures, texts, textOf, order);
    }

    @Override
    public float[] features(Clip frozen, Supplier<float[]> make) {
        return known.of(frozen, pairs, make);
    }

    @Override
    public int size() {
        return pictures.size();
    }

    @Override
    public boolean fixed() {
        return true;
    }

    @Override
    public float[] picture(int i, int iteration) {
        return Preprocess.normalize(pictures.get(i));
    }

    @Override
    public long[][] texts() {
        return texts;
    }

    @Override
    public int text(int i) {
        if (textOf == null) {
            throw new IllegalStateException("these pictures have no texts of their own");
        }
        return textOf[i];
    }

    @Override
    public int[] batch(int iteration) {
        return order.batch(iteration);
    }
}
