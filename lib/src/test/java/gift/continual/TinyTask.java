package gift.continual;

import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.nn.Activation;
import gift.tensor.RandomStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task of noise for a CLIP small enough to train hundreds of updates a second. */
final class TinyTask implements TaskBatches {
    static final ClipConfig CONFIG = new ClipConfig(
            16, 16, List.of(1), 64, 8, 1, 8, 64, 32, 2, 1, Activation.QUICK_GELU);
    private static final int BATCH = 6;

    private final int image; // numbers of an image
    private final int batch;

    TinyTask() {
        this(CONFIG.imageResolution(), BATCH);
    }

    TinyTask(int resolution, int batch) {
        this.image = 3 * resolution * resolution;
        this.batch = batch;
    }

    @Override
    public Batch batch(int iteration) {
        RandomStream random = RandomStream.of(1, "labels", iteration);
        long[] labels = new long[batch];
        Arrays.setAll(labels, i -> random.nextInt(5));
        return new Batch(RandomStream.of(1, "pictures", iteration).normals(batch * image, 1), labels);
    }

    @Override
    public long[][] classTokens(int iteration) {
        return tokens("class", 5);
    }

    /** Rows of 3 to 6 tokens: start 62, words, end 63. */
    private static long[][] tokens(String name, int rows) {
        long[][] tokens = new long[rows][8];
        for (int i = 0; i < rows; i++) {
            RandomStream random = RandomStream.of(1, name, i);
            int words = 1 + random.nextInt(4);
            tokens[i][0] = 62;
            for (int k = 1; k <= words; k++) {
                tokens[i][k] = 1 + random.nextInt(60);
            }
            tokens[i][words + 1] = 63;
        }
        return tokens;
    }

    static Map<String, float[]> values(Clip clip) {
        Map<String, float[]> values = new LinkedHashMap<>();
        clip.parameters().all().forEach((name, array) -> values.put(name, array.toFloatArray()));
        return values;
    }

    /** |a - b| / |b - start| over all weights. */
    static double difference(Map<String, float[]> a, Map<String, float[]> b, Map<String, float[]> start) {
        double difference = 0;
        double update = 0;
        for (String name : start.keySet()) {
            float[] one = a.get(name);
            float[] other = b.get(name);
            // a bias of the keys shifts all scores of a row alike: its gradient is rounding noise, which Adam amplifies
            int from = name.endsWith("attn.in_proj_bias") ? one.length / 3 : one.length;
            int to = name.endsWith("attn.in_proj_bias") ? 2 * one.length / 3 : one.length;
            for (int i = 0; i < one.length; i++) {
                if (i < from || i >= to) {
                    difference += Math.pow((double) one[i] - other[i], 2);
                    update += Math.pow((double) other[i] - start.get(name)[i], 2);
                }
            }
        }
        return Math.sqrt(difference / update);
    }

    /** 20 images or more of 4 texts, so that a batch of 6 holds the same text more than once. */
    static final class Pairs implements ReferencePairs {
        private final long[][] texts = tokens("text", 4);
        private final int image; // numbers of an image
        private final int batch;

        Pairs() {
            this(CONFIG.imageResolution(), BATCH);
        }

        Pairs(int resolution, int batch) {
            this.image = 3 * resolution * resolution;
            this.batch = batch;
        }

        @Override
        public int size() {
            return Math.max(20, batch);
        }

        @Override
        public boolean fixed() {
            return true;
        }

        @Override
        public float[] image(int i, int iteration) {
            return RandomStream.of(1, "reference", i).normals(image, 1);
        }

        @Override
        public long[][] texts() {
            return texts;
        }

        @Override
        public int text(int i) {
            return i % 4;
        }

        @Override
        public int[] batch(int iteration) {
            return Arrays.copyOf(RandomStream.of(1, "pairs", iteration).permutation(size()), batch);
        }
    }
}
