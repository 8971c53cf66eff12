package gift.continual;

import gift.clip.Preprocess;
import gift.clip.Tokenizer;
import gift.data.PairDataset;
import gift.data.PictureCache;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pairs of a data set for distillation: evaluation preprocessing, texts tokenized once, shuffled epochs. */
public final class PicturePairs implements ReferencePairs {
    private final PictureCache pictures;
    private final long[][] texts;
    private final int[] textOf;
    private final ShuffledBatches order;

    /**
     * @param taskNumber the task's place in the sequence, from 0
     * @param resolution R, pixels of a side
     * @param cacheBytes bytes of prepared pictures kept in memory
     */
    public PicturePairs(PairDataset pairs, Tokenizer tokenizer, int contextLength, int resolution, int batchSize,
            long seed, int taskNumber, long cacheBytes) {
        pictures = PictureCache.of(pairs, picture -> Preprocess.evaluation(picture, resolution), cacheBytes);
        Map<String, Integer> numbers = new LinkedHashMap<>();
        textOf = new int[pairs.size()];
        for (int i = 0; i < textOf.length; i++) {
            textOf[i] = numbers.computeIfAbsent(pairs.text(i), text -> numbers.size());
        }
        List<String> distinct = new ArrayList<>(numbers.keySet());
        texts = tokenizer.rows(distinct, contextLength, false);
        order = new ShuffledBatches(seed, "reference order", taskNumber, textOf.length, batchSize);
    }

    @Override
    public int size() {
        return textOf.length;
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
        return textOf[i];
    }

    @Override
    public int[] batch(int iteration) {
        return order.batch(iteration);
    }
}
